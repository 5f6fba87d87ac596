"""VIP subscriptions, as Google's API tells of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google import session, subscriptions
from cliffhanger.purchases.google.answers import Json, hashed
from cliffhanger.purchases.google.claim import read_client_purchase
from cliffhanger.purchases.google.orders import Order
from cliffhanger.purchases.google.reading import read_subscription
from cliffhanger.purchases.store import WHOLE, Subscription
from tests.unit.local_google.running import VIEWER, Play

NOW = datetime(2026, 9, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def read(token: str) -> Subscription:
    told = read_client_purchase("vip", token, "vip", {"vip", "vip_yearly"})
    assert isinstance(told, Subscription)
    return told


def test_a_subscription_is_told_with_its_buyer_its_period_and_its_price(google: Play) -> None:
    buyer = {
        "account_id": VIEWER,
        "region": "ID",
        "currency": "IDR",
        "price_micros": 49_000_000_000,
    }
    token = google.subscribe(period="P1W", buyer=buyer)
    told = read(token)
    assert (told.state, told.auto_renews, told.is_acknowledged) == ("active", True, False)
    assert told.expires_at
    assert timedelta(0) <= told.purchased_at + WEEK - told.expires_at < timedelta(seconds=1)
    assert (told.viewer_id, told.environment, told.storefront) == (VIEWER, "production", "ID")
    assert (told.price_micros, told.currency) == (49_000_000_000, "IDR")
    assert told.line_id == hashed(token)
    assert told.period_id.startswith("GPA.")


def test_a_renewal_is_another_period_of_the_same_line(google: Play) -> None:
    token = google.subscribe(period="P1W")
    first = read(token)
    google.act("renew", purchase_token=token)
    second = read(token)
    assert second.line_id == first.line_id
    assert second.period_id != first.period_id
    assert first.expires_at
    assert second.expires_at == first.expires_at + WEEK
    assert second.purchased_at == first.expires_at


def test_a_test_subscription_with_a_blank_order_has_its_line_for_a_period(google: Play) -> None:
    told = read(google.subscribe(order=False, buyer={"is_test": True}))
    assert told.environment == "sandbox"
    assert (told.period_id, told.price_micros) == (told.line_id, None)


@pytest.mark.parametrize(
    ("what", "state", "renews"),
    [
        ("cancel", "active", False),
        ("grace", "grace", True),
        ("hold", "billing_retry", True),
        ("pause", "paused", True),
        ("expire", "expired", False),
    ],
)
def test_what_happens_to_a_subscription_is_told(
    google: Play, what: str, state: str, renews: bool
) -> None:
    token = google.subscribe()
    google.act(what, purchase_token=token)
    assert (read(token).state, read(token).auto_renews) == (state, renews)


def test_a_canceled_subscription_is_over_at_the_end_of_what_was_paid(
    google: Play, later: Callable[..., None]
) -> None:
    token = google.subscribe(period="P1W")
    google.act("cancel", purchase_token=token)
    later(days=8)  # and Google has not said EXPIRED yet
    assert read(token).state == "expired"


def test_a_pending_subscription_opens_when_it_is_paid(google: Play) -> None:
    token = google.subscribe(pending=True)
    assert (read(token).state, read(token).expires_at) == ("pending", None)
    google.act("complete-pending", purchase_token=token)
    assert read(token).state == "active"


def test_a_pending_subscription_that_is_never_paid_is_over(google: Play) -> None:
    token = google.subscribe(pending=True)
    google.act("cancel-pending", purchase_token=token)
    assert read(token).state == "expired"


def test_a_refund_with_revocation_is_told_apart_from_an_end(google: Play) -> None:
    token = google.subscribe()
    google.act("refund", purchase_token=token)
    assert (read(token).state, read(token).refunded) == ("revoked", WHOLE)


def test_a_refund_alone_leaves_it_open(google: Play) -> None:
    token = google.subscribe()
    google.act("refund", purchase_token=token, revoke=False)
    assert (read(token).state, read(token).refunded) == ("active", WHOLE)


def test_the_refund_of_an_old_period_does_not_touch_the_one_now(google: Play) -> None:
    token = google.subscribe()
    old = read(token).period_id
    google.act("renew", purchase_token=token)
    session.call("POST", f"orders/{old}:refund")
    assert (read(token).state, read(token).refunded) == ("active", 0)


def test_a_change_of_plan_names_the_line_it_went_on_from(google: Play) -> None:
    old = google.subscribe()
    new = google.act("change-plan", purchase_token=old, product_id="vip_yearly", period="P1Y")
    told = read_client_purchase("vip_yearly", new["purchase_token"], "vip", {"vip", "vip_yearly"})
    assert isinstance(told, Subscription)
    assert (told.state, told.replaces) == ("active", hashed(old))
    assert read(old).state == "expired"  # cut short, and for all that not revoked


def test_of_several_lines_the_vip_one_is_told(google: Play) -> None:
    token = google.subscribe(add_ons=["sports", "news"])
    assert read_subscription(token, {"vip", "vip_yearly"}).product_id == "vip"


def test_a_purchase_without_a_vip_line_is_refused(google: Play) -> None:
    token = google.subscribe(product_id="sports", add_ons=["news"])
    with pytest.raises(PurchaseNotVerified):
        read_subscription(token, {"vip"})


def test_a_subscription_to_another_product_is_refused(google: Play) -> None:
    token = google.subscribe(product_id="vip_yearly")
    with pytest.raises(PurchaseNotVerified, match="another product"):
        read(token)


def test_coins_do_not_pass_for_a_subscription(google: Play) -> None:
    token = google.buy(product_id="vip")
    with pytest.raises(PurchaseNotVerified):
        read(token)


LINE = {"productId": "vip", "expiryTime": "2026-09-05T00:00:00.123456789Z"}


def mapped(line: Json = LINE, **answer: Any) -> Subscription:
    order = Order(period_ends_at=datetime(2026, 9, 9, tzinfo=UTC))
    return subscriptions.subscription("token", {"lineItems": [line], **answer}, line, order, NOW)


def test_a_state_that_google_has_added_since_opens_nothing() -> None:
    assert mapped(subscriptionState="SUBSCRIPTION_STATE_DREAMING").state == "pending"


def test_an_end_before_what_was_paid_is_a_revocation() -> None:
    assert mapped(subscriptionState="SUBSCRIPTION_STATE_EXPIRED").state == "revoked"


@pytest.mark.parametrize("state", ["ACTIVE", "CANCELED", "IN_GRACE_PERIOD"])
def test_what_has_no_end_opens_nothing(state: str) -> None:
    told = mapped({"productId": "vip"}, subscriptionState=f"SUBSCRIPTION_STATE_{state}")
    assert told.state == "pending"


@pytest.mark.parametrize("to_come", [{}, {"expiryTime": "2027-09-05T00:00:00Z"}])
def test_a_plan_that_waits_for_another_one_to_end_is_not_told(to_come: Json) -> None:
    now_there = {
        "productId": "vip",
        "expiryTime": "2026-09-05T00:00:00Z",
        "latestSuccessfulOrderId": "GPA.1",
        "deferredItemReplacement": {"productId": "vip_yearly"},
    }
    answer = {"lineItems": [{"productId": "vip_yearly", **to_come}, now_there]}
    for known in ({"vip", "vip_yearly"}, {"vip_yearly"}, set[str]()):
        line = subscriptions.subscription_line(answer, known, "vip_yearly")
        assert line["productId"] == "vip"


@pytest.mark.parametrize(
    ("begins_at", "began_at"), [(None, NOW - WEEK), (NOW - 2 * WEEK, NOW - WEEK), (NOW, NOW)]
)
def test_a_period_began_with_its_order_and_not_before_the_purchase(
    begins_at: datetime | None, began_at: datetime
) -> None:
    answer = {"lineItems": [LINE], "startTime": (NOW - WEEK).isoformat()}
    order = Order(period_begins_at=begins_at)
    told = subscriptions.subscription("token", answer, LINE, order, NOW)
    assert told.purchased_at == began_at


def test_an_empty_mark_is_a_test_purchase() -> None:
    told = mapped(subscriptionState="SUBSCRIPTION_STATE_ACTIVE", testPurchase={})
    assert told.environment == "sandbox"
