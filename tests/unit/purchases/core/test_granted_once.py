"""Invariants 1 to 3: the claim, the notification and the reconciler meet on one permanent key."""

from itertools import permutations
from typing import Any

import pytest

from cliffhanger.purchases.apple.account_token import account_token
from cliffhanger.wallet import ledger
from tests.unit.local_apple.open import Address
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import (
    ANNA,
    BORIS,
    TOKEN,
    Market,
    coins,
    everything,
    the_purchase,
)

PATHS = list(permutations(("claim", "notification", "reconciler")))


@pytest.mark.parametrize("order", PATHS, ids="-".join)
def test_a_pack_of_apples_is_granted_once_whoever_brings_it_first(
    market: Market, apple: Address, order: tuple[str, ...]
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    answers: list[Any] = []
    for path in (*order, *order):
        if path == "claim":
            answers.append(market.claim(bought.signed_transaction))
        elif path == "notification":
            assert market.tell(*market.shop.store.state.notifications) == []
        else:
            assert market.reconcile()["sources"]["apple#Production"]["problem"] is None
        assert coins() == (100, 10, 0)
    assert [one.status for one in answers] == [200, 200]
    assert answers[0].body["purchase"] == answers[1].body["purchase"]
    assert len(list(ledger.every(ANNA, "production"))) == 1


@pytest.mark.parametrize("order", list(permutations(("claim", "notification"))), ids="-".join)
def test_a_pack_of_googles_is_granted_once_whoever_brings_it_first(
    google: Market, play: Play, order: tuple[str, ...]
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    answers = []
    for path in (*order, *order):
        if path == "claim":
            answers.append(google.claim(sent))
        else:
            assert google.push() == []
        assert coins() == (100, 10, 0)
        play.act("redeliver")
    assert answers[0].body["purchase"] == answers[1].body["purchase"]
    assert len(list(ledger.every(ANNA, "production"))) == 1


def test_the_claim_of_another_viewer_is_refused_and_grants_nothing(market: Market) -> None:
    bought = market.shop.buy(account_token=None)
    assert market.claim(bought.signed_transaction).status == 200
    answer = market.claim(bought.signed_transaction, BORIS)
    assert (answer.status, answer.body["code"]) == (409, "purchase_of_another_viewer")
    assert coins() == (100, 10, 0)
    assert coins(BORIS) == (0, 0, 0)


def test_whom_apple_names_gets_it_and_nobody_else_may_claim_it(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    assert market.claim(bought.signed_transaction, BORIS).status == 409
    assert [one for one in everything() if one["pk"].startswith("BUY#")] == []
    assert market.claim(bought.signed_transaction).status == 200
    assert (coins(), coins(BORIS)) == ((100, 10, 0), (0, 0, 0))


def test_whom_google_names_gets_it_and_nobody_else_may_claim_it(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    assert google.claim(sent, BORIS).status == 409
    assert google.claim(sent).status == 200
    assert (coins(), coins(BORIS)) == ((100, 10, 0), (0, 0, 0))


def test_the_first_claim_binds_when_the_store_names_nobody(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100")
    assert google.claim(sent, BORIS).status == 200
    assert google.claim(sent, ANNA).status == 409
    assert the_purchase()["viewer_id"] == BORIS


def test_a_notification_with_nobody_bound_is_held_and_granted_at_the_claim(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=None)
    assert market.tell_all() == []
    assert (the_purchase()["state"], the_purchase()["held"]) == ("held", "unknown_viewer")
    answer = market.claim(bought.signed_transaction)
    assert answer.body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def test_a_claim_that_is_older_than_a_held_notification_still_says_whose_it_is(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=None)
    market.shop.refund(bought, 30)  # later words, and they name nobody either
    assert market.tell_all() == []
    answer = market.claim(bought.signed_transaction)
    assert (answer.status, answer.body["purchase"]["state"]) == (200, "granted")
    assert coins() == (70, 7, 0)


def test_an_idempotency_key_that_comes_with_another_purchase_is_refused(market: Market) -> None:
    first = market.claim(_own(market), key="key-of-the-app-1")
    assert first.status == 200
    answer = market.claim(_own(market), key="key-of-the-app-1")
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert coins() == (100, 10, 0)


def test_a_retry_under_the_same_key_answers_the_same(market: Market) -> None:
    signed = _own(market)
    first = market.claim(signed, key="key-of-the-app-1")
    assert market.claim(signed, key="key-of-the-app-1").body == first.body


def test_the_answer_shows_the_wallet_and_the_entitlements(market: Market) -> None:
    body = market.claim(_own(market)).body
    assert body["wallet"]["paid"] == 100
    assert body["wallet"]["bonus"] == 10
    assert body["entitlements"]["vip"]["active"] is False
    assert body["purchase"]["product_id"] == "coins-100"


def test_what_another_backend_bound_is_of_the_first_who_claims_it(market: Market) -> None:
    foreign = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"
    bought = market.shop.buy(account_token=foreign)
    market.tell_all()
    assert the_purchase()["held"] == "unknown_viewer"
    assert market.claim(bought.signed_transaction).status == 200
    assert market.claim(bought.signed_transaction, BORIS).status == 409
    assert (coins(), coins(BORIS)) == ((100, 10, 0), (0, 0, 0))


def test_what_is_bound_to_a_viewer_who_never_came_again_is_nobody_elses(market: Market) -> None:
    bought = market.shop.buy(account_token=account_token("vwr_01JD000000000000000000000Z"))
    assert market.claim(bought.signed_transaction).status == 409


def _own(market: Market) -> str:
    return market.shop.buy(account_token=TOKEN).signed_transaction
