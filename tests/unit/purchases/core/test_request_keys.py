"""The key of a request is bound to its body before anything is granted, and to nothing refused."""

from typing import Any

import pytest

from cliffhanger import dynamo
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.google import api
from tests.dynamo.backends import on_dict_and_local
from tests.unit.gateway import Answer
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.dying import Killed
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, kept
from tests.unit.purchases.core.taking_turns import every_order, in_turn

pytestmark = on_dict_and_local
KEY = "key-of-the-app-1"
UNTIL_BOUND = list(every_order(3, 3))
"""A claim reads, binds its key, and reads what another has bound; then it may go on at any time."""


def signed(market: Market) -> str:
    return market.shop.buy(account_token=TOKEN).signed_transaction


def bound() -> int:
    return len(kept("idem_", "IDEMPOTENCY"))


def race(market: Market, patch: pytest.MonkeyPatch, order: list[int], *sent: str) -> list[Answer]:
    """Claim these at once under one key of their own."""
    answers: list[Answer] = []
    key = f"{KEY}-{order}"

    def claim(one: str) -> None:
        answers.append(market.claim(one, key=key))

    in_turn(patch, order, *[lambda one=one: claim(one) for one in sent])
    return answers


def test_of_two_purchases_under_one_key_at_once_one_is_granted_and_the_other_refused(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count, order in enumerate(UNTIL_BOUND, start=1):
        answers = race(market, monkeypatch, order, signed(market), signed(market))
        refused = [one.body["code"] for one in answers if one.status != 200]
        assert refused == ["idempotency_key_reused"], order
        assert coins() == (100 * count, 10 * count, 0), order


def test_one_purchase_that_is_sent_twice_at_once_is_granted_once_and_answered_twice(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count, order in enumerate(UNTIL_BOUND, start=1):
        one = signed(market)
        answers = race(market, monkeypatch, order, one, one)
        assert [answer.status for answer in answers] == [200, 200], order
        assert answers[0].body["purchase"] == answers[1].body["purchase"], order
        assert coins() == (100 * count, 10 * count, 0), order


def test_a_claim_that_dies_between_its_key_and_its_grant_goes_on_with_the_same_body_alone(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = signed(market), signed(market)

    def die(*_: dynamo.Write) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(dynamo, "transact", die)
        with pytest.raises(Killed):
            market.claim(one, key=KEY)
    assert (bound(), coins()) == (1, (0, 0, 0))
    assert market.claim(other, key=KEY).body["code"] == "idempotency_key_reused"
    assert market.claim(one, key=KEY).body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def test_a_retry_binds_nothing_again(market: Market, table_calls: list[str]) -> None:
    one = signed(market)
    market.claim(one, key=KEY)
    table_calls.clear()
    assert market.claim(one, key=KEY).status == 200
    assert [call for call in table_calls if call != "BatchGetItem"] == []


def test_a_purchase_that_was_not_verified_uses_up_no_key(market: Market) -> None:
    one = signed(market)
    assert market.claim(one[:-4] + "AAAA", key=KEY).body["code"] == "purchase_not_verified"
    assert bound() == 0
    assert market.claim(one, key=KEY).status == 200


def test_a_store_that_does_not_answer_uses_up_no_key(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> Any:
        raise StoreUnavailable

    one, other = (
        play.act("buy", product_id="coins_100", buyer={"account_id": ANNA}) for _ in range(2)
    )
    with monkeypatch.context() as partly:
        partly.setattr(api, "one_time", away)
        assert google.claim(one, key=KEY).status == 503
    assert bound() == 0
    assert google.claim(other, key=KEY).status == 200
