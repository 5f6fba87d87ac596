"""Coin packs, as Google's API tells of them."""

import hashlib
from datetime import UTC, datetime

import pytest

from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google import api
from cliffhanger.purchases.google.claim import read_client_purchase
from cliffhanger.purchases.google.one_time import one_time_purchase
from cliffhanger.purchases.google.orders import Order
from cliffhanger.purchases.store import WHOLE, OneTimePurchase
from tests.unit.local_google.running import VIEWER, Play


def read(token: str) -> OneTimePurchase:
    told = read_client_purchase("coins_100", token, "coins", ())
    assert isinstance(told, OneTimePurchase)
    return told


def test_a_purchase_is_told_with_its_buyer_its_pieces_and_its_whole_price(google: Play) -> None:
    buyer = {"account_id": VIEWER, "region": "BR", "currency": "BRL", "price_micros": 1_990_000}
    token = google.buy(quantity=3, buyer=buyer)
    told = read(token)
    assert (told.state, told.quantity, told.refunded) == ("purchased", 3, 0)
    assert (told.viewer_id, told.environment, told.storefront) == (VIEWER, "production", "BR")
    assert (told.price_micros, told.currency) == (5_970_000, "BRL")
    assert told.transaction_id == hashlib.sha256(token.encode()).hexdigest()
    assert told.order_id
    assert not told.is_acknowledged
    assert told.purchased_at <= told.told_at


def test_a_pending_purchase_becomes_one_when_it_is_paid(google: Play) -> None:
    token = google.buy(pending=True)
    assert (read(token).state, read(token).price_micros) == ("pending", None)
    google.act("complete-pending", purchase_token=token)
    assert read(token).state == "purchased"


def test_a_pending_purchase_that_is_never_paid_keeps_nothing(google: Play) -> None:
    token = google.buy(pending=True)
    google.act("cancel-pending", purchase_token=token)
    assert (read(token).state, read(token).refunded) == ("canceled", WHOLE)


def test_a_testers_purchase_is_of_the_sandbox(google: Play) -> None:
    assert read(google.buy(buyer={"is_test": True})).environment == "sandbox"


@pytest.mark.parametrize("account", [None, "somebody", "vwr_1", VIEWER.lower()])
def test_an_account_that_is_no_viewer_of_ours_binds_to_nobody(
    google: Play, account: str | None
) -> None:
    assert read(google.buy(buyer={"account_id": account})).viewer_id is None


def test_a_purchase_with_a_blank_order_is_told_without_a_price(google: Play) -> None:
    told = read(google.buy(order=False))
    assert (told.state, told.order_id, told.price_micros, told.currency) == (
        "purchased",
        None,
        None,
        None,
    )


def test_a_consumed_purchase_is_told_to_be_acknowledged_too(google: Play) -> None:
    token = google.buy()
    api.consume("coins_100", token)
    assert (read(token).is_consumed, read(token).is_acknowledged) == (True, True)


def test_pieces_that_were_given_back_are_told_as_a_share(google: Play) -> None:
    token = google.buy(quantity=4)
    google.act("refund", purchase_token=token, quantity=1)
    assert (read(token).state, read(token).refunded) == ("purchased", 25_000)
    google.act("refund", purchase_token=token, quantity=2)
    assert read(token).refunded == 75_000


def test_a_refund_of_all_of_it_cancels_it(google: Play) -> None:
    token = google.buy(quantity=2)
    google.act("refund", purchase_token=token)
    assert (read(token).state, read(token).refunded) == ("canceled", WHOLE)


def test_a_refund_that_leaves_it_with_its_buyer_is_seen_in_the_order(google: Play) -> None:
    token = google.buy()
    google.act("refund", purchase_token=token, revoke=False)
    assert api.voided() == ([], None)
    assert (read(token).state, read(token).refunded) == ("purchased", WHOLE)


@pytest.mark.parametrize("token", ["never-sold", "..", ".", "a/b?c=d", "%2e%2e", "x" * 900])
def test_a_token_that_google_did_not_give_is_refused(google: Play, token: str) -> None:
    with pytest.raises(PurchaseNotVerified):
        read(token)


def test_a_purchase_of_another_product_is_refused(google: Play) -> None:
    token = google.buy(product_id="coins_5000")
    with pytest.raises(PurchaseNotVerified, match="another product"):
        read(token)


def test_a_subscription_does_not_pass_for_coins(google: Play) -> None:
    token = google.subscribe(product_id="coins_100")
    with pytest.raises(PurchaseNotVerified):
        read(token)


NOW = datetime(2026, 9, 1, tzinfo=UTC)


def test_a_state_that_google_has_added_since_grants_nothing_and_takes_nothing() -> None:
    answer = {
        "purchaseStateContext": {"purchaseState": "ON_THE_MOON"},
        "productLineItem": [{"productId": "coins_100", "productOfferDetails": {"newField": 1}}],
        "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PERHAPS",
    }
    told = one_time_purchase("token", answer, Order(refunded=0), NOW)
    assert (told.state, told.quantity, told.refunded) == ("pending", 1, 0)
    assert not told.is_acknowledged


@pytest.mark.parametrize(
    ("money", "share"),
    [
        (None, 33_333),  # Google has no order any more
        (0, 33_333),  # nor has it told of the money yet
        (33_300, 33_333),
        (34_100, 33_333),  # a third of 44 yen is 15 of them
        (50_000, 50_000),
        (WHOLE, WHOLE),
    ],
)
def test_of_pieces_and_money_what_is_more_went_back(money: int | None, share: int) -> None:
    offer = {"quantity": 3, "refundableQuantity": 2}
    line = {"productId": "coins_100", "productOfferDetails": offer}
    state = {"purchaseState": "PURCHASED"}
    answer = {"purchaseStateContext": state, "productLineItem": [line]}
    assert one_time_purchase("token", answer, Order(refunded=money), NOW).refunded == share


def test_one_token_for_two_products_is_refused() -> None:
    lines = [{"productId": "coins_100"}, {"productId": "coins_500"}]
    with pytest.raises(PurchaseNotVerified, match="one product"):
        one_time_purchase("token", {"productLineItem": lines}, Order(), NOW)
