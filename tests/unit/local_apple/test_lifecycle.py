"""Every operation tells what the real store would tell."""

import pytest

from local.stores.apple.errors import StoreError
from local.stores.apple.periods import after
from local.stores.apple.records import Notification
from tests.unit.local_apple.shop import Shop, unverified


def told(notification: Notification) -> tuple[str, str | None]:
    return notification.type, notification.subtype


def renewal_of(notification: Notification) -> dict[str, object]:
    found: dict[str, object] = unverified(
        unverified(notification.signed_payload)["data"]["signedRenewalInfo"]
    )
    return found


def transaction_of(notification: Notification) -> dict[str, object]:
    found: dict[str, object] = unverified(
        unverified(notification.signed_payload)["data"]["signedTransactionInfo"]
    )
    return found


def test_an_upgrade_takes_over_at_once_on_the_same_line(shop: Shop) -> None:
    bought = shop.subscribe(product_id="vip.weekly")
    made = shop.change(bought, "vip.yearly", "upgrade", "P1Y")
    assert told(made) == ("DID_CHANGE_RENEWAL_PREF", "UPGRADE")
    new = transaction_of(made)
    assert (new["productId"], new["originalTransactionId"]) == ("vip.yearly", bought.transaction_id)
    assert unverified(shop.signed(bought))["isUpgraded"] is True
    assert "isUpgraded" not in new


def test_a_downgrade_waits_for_the_end_of_the_period_and_can_be_taken_back(shop: Shop) -> None:
    bought = shop.subscribe(product_id="vip.yearly", period="P1Y")
    made = shop.change(bought, "vip.weekly", "downgrade")
    assert told(made) == ("DID_CHANGE_RENEWAL_PREF", "DOWNGRADE")
    assert transaction_of(made)["productId"] == "vip.yearly"
    assert renewal_of(made)["autoRenewProductId"] == "vip.weekly"
    back = shop.change(bought, "vip.yearly", "upgrade", "P1Y")
    assert told(back) == ("DID_CHANGE_RENEWAL_PREF", None)
    assert transaction_of(shop.renew(bought))["productId"] == "vip.yearly"


def test_the_next_period_has_the_product_that_was_chosen_for_it(shop: Shop) -> None:
    bought = shop.subscribe(product_id="vip.yearly", period="P1Y")
    shop.change(bought, "vip.weekly", "downgrade")
    assert transaction_of(shop.renew(bought))["productId"] == "vip.weekly"


@pytest.mark.parametrize(
    ("period", "subtype"), [("P1W", "UPGRADE"), ("P1M", "DOWNGRADE")], ids=["same", "other"]
)
def test_a_crossgrade_takes_over_at_once_when_it_lasts_as_long(
    shop: Shop, period: str, subtype: str
) -> None:
    bought = shop.subscribe(period="P1W")
    made = shop.change(bought, "vip.other", "crossgrade", period)
    assert told(made) == ("DID_CHANGE_RENEWAL_PREF", subtype)


def test_recovering_in_grace_continues_the_period_and_later_begins_a_new_one(shop: Shop) -> None:
    bought = shop.subscribe()
    shop.fail(bought, grace_days=16)
    end = unverified(shop.signed(bought))["expiresDate"]
    made = shop.renew(bought)
    assert told(made) == ("DID_RENEW", "BILLING_RECOVERY")
    assert transaction_of(made)["expiresDate"] == after(end, "P1W")

    shop.fail(bought)
    shop.courier.advance(86_400)
    made = shop.renew(bought)
    assert told(made) == ("DID_RENEW", "BILLING_RECOVERY")
    purchased = transaction_of(made)["purchaseDate"]
    assert isinstance(purchased, int)
    assert purchased > end + 80_000_000


def test_whoever_comes_back_goes_on_with_the_same_line(shop: Shop) -> None:
    bought = shop.subscribe()
    with pytest.raises(StoreError, match="Change its plan"):
        shop.subscribe()
    shop.expire(bought)
    again = shop.subscribe()
    assert again.notification is not None
    assert again.notification["subtype"] == "RESUBSCRIBE"
    assert again.original_transaction_id == bought.original_transaction_id
    assert again.transaction_id != bought.transaction_id
    assert again.status == 1


def test_nothing_more_happens_to_a_subscription_that_has_ended(shop: Shop) -> None:
    bought = shop.subscribe()
    shop.expire(bought)
    for work in (shop.renew, shop.cancel, shop.expire, shop.fail):
        with pytest.raises(StoreError, match="has ended"):
            work(bought)


def test_the_last_day_of_january_is_followed_by_the_last_of_february() -> None:
    january = 1_769_817_600_000  # 2026-01-31T00:00:00Z
    assert after(january, "P1M") == 1_772_236_800_000  # 2026-02-28T00:00:00Z
    assert after(january, "PT5M") == january + 300_000


@pytest.mark.parametrize("period", ["P1", "1W", "P0W", "", "P1W1D", "PT5Y"])
def test_a_period_that_is_none_is_refused(shop: Shop, period: str) -> None:
    with pytest.raises(StoreError, match="period"):
        shop.subscribe(period=period)
    assert not shop.store.state.transactions
