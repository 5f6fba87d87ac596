"""What happens at the stand-in by itself, when its clock is moved forward."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stores.google.book import now
from local.stores.google.errors import ApiError
from local.stores.google.publisher import answer
from tests.unit.local_google.running import PACKAGE, VIEWER, Play, refusal


def ask(play: Play, method: str, path: str, **query: str) -> dict[str, Any]:
    """A call of the API by somebody who got in."""
    with play.book.open() as state:
        return answer(
            state,
            now(state),
            PACKAGE,
            method=method,
            path=f"/androidpublisher/v3/applications/{PACKAGE}/{path}",
            query=query,
            body={},
        )


def state_of(play: Play, token: str) -> str:
    found = ask(play, "GET", f"purchases/subscriptionsv2/tokens/{token}")
    return str(found["subscriptionState"]).removeprefix("SUBSCRIPTION_STATE_")


def acknowledge(play: Play, token: str) -> None:
    ask(play, "POST", f"purchases/subscriptions/vip/tokens/{token}:acknowledge")


def test_what_nobody_acknowledged_within_three_days_is_given_back(play: Play) -> None:
    token = play.buy(quantity=2)
    play.act("move-time", days=2, hours=23)
    path = f"purchases/productsv2/tokens/{token}"
    assert ask(play, "GET", path)["purchaseStateContext"] == {"purchaseState": "PURCHASED"}
    play.act("move-time", hours=2)
    assert ask(play, "GET", path)["purchaseStateContext"] == {"purchaseState": "CANCELLED"}
    (voided,) = ask(play, "GET", "purchases/voidedpurchases")["voidedPurchases"]
    assert (voided["purchaseToken"], voided["voidedSource"], voided["voidedReason"]) == (
        token,
        2,
        8,
    )
    order = ask(play, "GET", f"orders/{voided['orderId']}")
    assert order["state"] == "REFUNDED"


@pytest.mark.parametrize("how", ["acknowledge", "consume"])
def test_what_was_acknowledged_or_consumed_is_kept(play: Play, how: str) -> None:
    token = play.buy()
    ask(play, "POST", f"purchases/products/coins_100/tokens/{token}:{how}")
    play.act("move-time", days=10)
    found = ask(play, "GET", f"purchases/productsv2/tokens/{token}")
    assert found["purchaseStateContext"] == {"purchaseState": "PURCHASED"}


def test_three_days_are_counted_from_the_payment(play: Play) -> None:
    token = play.buy(pending=True)
    play.act("move-time", days=5)
    play.act("complete-pending")
    play.act("move-time", days=2)
    found = ask(play, "GET", f"purchases/productsv2/tokens/{token}")
    assert found["purchaseStateContext"] == {"purchaseState": "PURCHASED"}


def test_a_subscription_that_nobody_acknowledged_is_revoked(play: Play) -> None:
    token = play.subscribe(period="P1M")
    play.act("move-time", days=4)
    assert state_of(play, token) == "EXPIRED"
    assert ask(play, "GET", "purchases/voidedpurchases")["voidedPurchases"] == []
    (voided,) = ask(play, "GET", "purchases/voidedpurchases", type="1")["voidedPurchases"]
    assert voided["voidedReason"] == 8


def test_a_subscription_renews_at_the_end_of_each_period(play: Play) -> None:
    token = play.subscribe(period="P1W")
    acknowledge(play, token)
    play.act("move-time", days=15)
    (line,) = ask(play, "GET", f"purchases/subscriptionsv2/tokens/{token}")["lineItems"]
    assert line["latestSuccessfulOrderId"].endswith("..1")
    assert state_of(play, token) == "ACTIVE"


def test_what_began_again_outside_of_the_app_names_who_had_it_until_it_is_acknowledged(
    play: Play,
) -> None:
    old = play.subscribe(buyer={"account_id": VIEWER})
    play.act("expire", purchase_token=old)
    token = play.act("resubscribe", purchase_token=old)["purchase_token"]
    path = f"purchases/subscriptionsv2/tokens/{token}"
    found = ask(play, "GET", path)
    assert "externalAccountIdentifiers" not in found
    assert found["outOfAppPurchaseContext"] == {
        "expiredPurchaseToken": old,
        "expiredExternalAccountIdentifiers": {"obfuscatedExternalAccountId": VIEWER},
    }
    acknowledge(play, token)
    assert "outOfAppPurchaseContext" not in ask(play, "GET", path)


def test_a_plan_that_waits_for_the_renewal_has_no_end_and_no_order_until_then(play: Play) -> None:
    old = play.subscribe(period="P1W")
    more: dict[str, Any] = {"product_id": "vip_yearly", "period": "P1Y", "deferred": True}
    token = play.act("change-plan", purchase_token=old, **more)["purchase_token"]
    path = f"purchases/subscriptionsv2/tokens/{token}"
    now_there, to_come = ask(play, "GET", path)["lineItems"]
    assert now_there["deferredItemReplacement"] == {"productId": "vip_yearly"}
    assert to_come.keys() == {"productId", "autoRenewingPlan"}
    assert (now_there["productId"], to_come["productId"]) == ("vip", "vip_yearly")
    assert (state_of(play, old), state_of(play, token)) == ("EXPIRED", "ACTIVE")
    acknowledge(play, token)
    play.act("move-time", days=8)
    (line,) = ask(play, "GET", path)["lineItems"]
    assert line["productId"] == "vip_yearly"
    assert ask(play, "GET", f"orders/{line['latestSuccessfulOrderId']}")["total"]["units"] == "14"


def test_a_canceled_subscription_ends_when_its_period_does(play: Play) -> None:
    token = play.subscribe(period="P1W")
    acknowledge(play, token)
    play.act("cancel")
    play.act("move-time", days=6)
    assert state_of(play, token) == "CANCELED"
    play.act("move-time", days=2)
    assert state_of(play, token) == "EXPIRED"


def test_money_that_never_comes_leads_from_grace_to_hold_to_the_end(play: Play) -> None:
    token = play.subscribe()
    acknowledge(play, token)
    play.act("grace", days=3)
    play.act("move-time", days=4)
    assert state_of(play, token) == "ON_HOLD"
    play.act("move-time", days=30)
    assert state_of(play, token) == "EXPIRED"


def test_a_pause_ends_by_itself(play: Play) -> None:
    token = play.subscribe(period="P1M")
    acknowledge(play, token)
    play.act("pause", days=5)
    play.act("move-time", days=6)
    assert state_of(play, token) == "ACTIVE"


def test_a_review_that_nobody_answers_ends_in_a_refund_after_a_day(play: Play) -> None:
    token = play.buy()
    play.act("review-refund")
    play.act("move-time", hours=25)
    (voided,) = ask(play, "GET", "purchases/voidedpurchases")["voidedPurchases"]
    assert (voided["purchaseToken"], voided["voidedReason"]) == (token, 7)


def test_the_voided_list_is_asked_by_the_real_time_though_the_clock_was_moved(play: Play) -> None:
    play.buy()
    play.act("refund")
    began = str(int((datetime.now(UTC) - timedelta(days=29)).timestamp() * 1000))
    path = "purchases/voidedpurchases"
    play.act("move-time", days=29)
    assert len(ask(play, "GET", path, startTime=began)["voidedPurchases"]) == 1
    play.act("move-time", days=2)
    assert ask(play, "GET", path, startTime=began)["voidedPurchases"] == []


def test_the_clock_stays_moved_after_a_restart(play: Play) -> None:
    play.act("move-time", days=100)
    play.begin()
    with play.book.open() as state:
        assert state.offset_seconds == 100 * 86_400


def test_a_list_of_more_than_thirty_days_is_refused(play: Play) -> None:
    with pytest.raises(ApiError, match="30 days"):
        ask(play, "GET", "purchases/voidedpurchases", startTime="1000")


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("dance", {}),
        ("buy", {}),
        ("buy", {"product_id": "x", "colour": "red"}),
        ("subscribe", {"product_id": "x", "period": "P1H"}),
        ("refund", {"purchase_token": "never-sold"}),
        ("refund", {"quantity": 9}),
        ("complete-pending", {}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    play: Play, action: str, body: dict[str, Any]
) -> None:
    play.buy(quantity=2)
    status, error = refusal(lambda: play.act(action, **body))
    assert status in (400, 404)
    assert error["message"]
