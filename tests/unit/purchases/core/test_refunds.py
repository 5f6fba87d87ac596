"""Invariants 8 and 9: a refund takes back its share once, and a late word undoes nothing."""

from collections.abc import Callable
from itertools import permutations

import pytest

from cliffhanger import clock
from cliffhanger.purchases import coin_changes
from cliffhanger.purchases.google import api
from local.stores.google.records import Refund
from tests.unit.local_apple.open import Address
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, spend, the_purchase


def test_refunds_grow_are_reversed_and_repeated_without_counting_twice(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    first = market.shop.store.state.notifications[0]
    market.tell(first)
    small = market.shop.refund(bought, 25)
    market.tell(small, small)
    assert coins() == (75, 8, 0)
    large = market.shop.refund(bought, 50)
    market.tell(large)
    assert coins() == (50, 5, 0)
    market.tell(small, first)
    assert coins() == (50, 5, 0)
    market.tell(market.shop.reverse(bought))
    assert coins() == (100, 10, 0)
    market.tell(large)
    assert coins() == (100, 10, 0)
    market.tell(market.shop.refund(bought))
    assert coins() == (0, 0, 0)
    assert the_purchase()["state"] == "refunded"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_its_words_come_the_newest_decides(
    market: Market, order: tuple[int, ...]
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.refund(bought)
    market.shop.reverse(bought)
    market.shop.refund(bought, 20)
    words = market.shop.store.state.notifications
    for place in order:
        market.tell(words[place])
    assert coins() == (80, 8, 0)


def test_a_claim_that_is_older_than_the_refund_grants_nothing(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell(market.shop.refund(bought))
    answer = market.claim(bought.signed_transaction)
    assert (answer.status, answer.body["purchase"]["state"]) == (200, "canceled")
    assert coins() == (0, 0, 0)


def test_whoever_claimed_what_was_refunded_gets_it_when_the_refund_is_reversed(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=None)
    market.tell(market.shop.refund(bought))
    market.claim(bought.signed_transaction)
    market.tell(market.shop.reverse(bought))
    assert coins() == (100, 10, 0)


def test_coins_that_were_spent_become_debt_and_the_next_pack_pays_it(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    spend(60)
    market.shop.refund(bought)
    market.tell_all()
    assert coins() == (0, 0, 60)
    market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
    assert coins() == (50, 0, 0)


def test_several_pieces_bring_several_times_the_coins(market: Market) -> None:
    answer = market.claim(market.shop.buy(account_token=TOKEN, quantity=3).signed_transaction)
    assert (answer.body["purchase"]["coins"], answer.body["purchase"]["bonus_coins"]) == (300, 30)


def test_google_takes_back_piece_by_piece_and_what_was_spent_is_owed(
    google: Market, play: Play
) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=4, buyer={"account_id": ANNA})
    google.claim(sent)
    assert coins() == (400, 40, 0)
    play.act("refund", purchase_token=sent["purchase_token"], quantity=1)
    google.push()
    assert coins() == (300, 30, 0)
    spend(330)
    play.act("refund", purchase_token=sent["purchase_token"])
    google.push()
    assert coins() == (0, 0, 330)


def test_a_refund_of_googles_counts_once_from_its_notification_its_list_and_its_claim(
    google: Market, play: Play, apple: Address
) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=2, buyer={"account_id": ANNA})
    google.claim(sent)
    play.act("refund", purchase_token=sent["purchase_token"], quantity=1)
    for again in (google.push, google.reconcile, lambda: google.claim(sent), google.reconcile):
        again()
        assert coins() == (100, 10, 0)
    play.act("redeliver")
    google.push()
    assert coins() == (100, 10, 0)


def test_a_refund_of_apples_counts_once_from_its_notification_and_the_history(
    market: Market, apple: Address
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    market.shop.refund(bought, 50)
    for again in (market.reconcile, market.tell_all, market.reconcile, market.tell_all):
        again()
        assert coins() == (50, 5, 0)


def test_a_refund_that_leaves_the_pack_with_its_buyer_is_seen_at_the_next_look(
    google: Market, play: Play
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(sent)
    play.act("refund", purchase_token=sent["purchase_token"], revoke=False)
    assert google.claim(sent).body["purchase"]["state"] == "refunded"
    assert coins() == (0, 0, 0)


def test_a_pending_purchase_is_granted_when_it_is_paid(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100", pending=True)
    assert google.claim(sent).body["purchase"]["state"] == "pending"
    assert coins() == (0, 0, 0)
    play.act("complete-pending", purchase_token=sent["purchase_token"])
    google.push()
    assert coins() == (100, 10, 0)
    assert google.claim(sent).body["purchase"]["state"] == "granted"


def test_a_pending_purchase_that_is_never_paid_ends_canceled(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100", pending=True)
    google.claim(sent)
    play.act("cancel-pending", purchase_token=sent["purchase_token"])
    google.push()
    assert google.claim(sent).body["purchase"]["state"] == "canceled"
    assert coins() == (0, 0, 0)


def test_a_state_that_google_has_added_since_neither_takes_nor_gives(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=2, buyer={"account_id": ANNA})
    google.claim(sent)
    play.act("refund", purchase_token=sent["purchase_token"], quantity=1)
    google.push()
    known = api.one_time(sent["purchase_token"])
    line = {"productId": "coins_100", "productOfferDetails": {"quantity": 2}}
    new = {"purchaseStateContext": {"purchaseState": "ON_THE_MOON"}, "productLineItem": [line]}
    monkeypatch.setattr(api, "one_time", lambda _token: {**known, **new, "orderId": ""})
    assert google.claim(sent).status == 200
    assert coins() == (100, 10, 0)


@pytest.mark.parametrize("quantity", [3, 6, 7])
def test_a_piece_of_googles_is_taken_whole(google: Market, play: Play, quantity: int) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=quantity, buyer={"account_id": ANNA})
    google.claim(sent)
    for gone in range(1, quantity + 1):
        play.act("refund", purchase_token=sent["purchase_token"], quantity=1)
        google.push()
        left = quantity - gone
        assert coins() == (100 * left, 10 * left, 0)
    assert the_purchase()["state"] == "refunded"


def test_money_of_googles_that_goes_back_beside_a_piece_counts_too(
    google: Market, play: Play
) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=2, buyer={"account_id": ANNA})
    google.claim(sent)
    play.act("refund", purchase_token=sent["purchase_token"], quantity=1)
    google.push()
    with play.book.open() as state:
        (order,) = state.orders.values()
        order.refunds.append(Refund(at=clock.now(), micros=order.micros // 4))
    google.claim(sent)
    assert coins() == (50, 5, 0)


def test_a_piece_that_went_before_the_claim_is_taken_whole_also_by_the_sweep(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch, later: Callable[..., None]
) -> None:
    sent = play.act("buy", product_id="coins_100", quantity=3, buyer={"account_id": ANNA})
    play.act("refund", purchase_token=sent["purchase_token"], quantity=1)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(coin_changes, "refund", dies)
        with pytest.raises(KeyboardInterrupt):
            google.claim(sent)
    assert coins() == (300, 30, 0)
    later(minutes=5)
    google.settle()
    assert coins() == (200, 20, 0)


def test_a_third_by_apples_percentage_leaves_a_part_of_a_coin_to_the_viewer(
    market: Market,
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.transaction(bought).quantity = 3
    market.tell(market.shop.refund(bought, 33.333))
    assert coins() == (201, 20, 0)
