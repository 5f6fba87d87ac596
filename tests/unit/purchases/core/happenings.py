"""What Apple tells, by type and subtype: how it comes about, and what a subscription is then."""

from collections.abc import Callable
from typing import Any

from local.stores.apple import lifecycle
from local.stores.apple.announcing import notify
from local.stores.apple.records import Notification
from tests.unit.local_apple.shop import Shop
from tests.unit.purchases.core.market import VIP

OPEN, GRACE, RETRY = (True, "active"), (True, "grace"), (False, "billing_retry")
EXPIRED, REVOKED = (False, "expired"), (False, "revoked")
BETTER, NEW = "vip.better", "NOT_KNOWN_YET"
WEEK_MS = 7 * 24 * 3600 * 1000
Happening = Callable[[Shop, Any], object]


def about(shop: Shop, bought: Any, kind: str, subtype: str | None = None) -> Notification:
    """A notification that changes nothing of what it is about."""
    transaction = shop.store.transaction(shop.line(bought).latest)
    return notify(shop.store, kind, subtype, transaction)


def _out_of_grace(shop: Shop, one: Any) -> None:
    shop.fail(one, grace_days=3)
    shop.fail(one)


def _recover(shop: Shop, one: Any) -> None:
    shop.fail(one)
    shop.renew(one)


def _change_and_take_it_back(shop: Shop, one: Any) -> None:
    shop.change(one, BETTER, "downgrade")
    shop.change(one, VIP, "downgrade")


def _renew_itself_again(shop: Shop, one: Any) -> None:
    shop.cancel(one)
    lifecycle.set_renewal(shop.store, shop.line(one), on=True)


def redeem_an_upgrade(shop: Shop, one: Any) -> None:
    """The offer's notification alone tells of the better plan."""
    shop.change(one, BETTER, "upgrade")
    shop.store.state.notifications.pop()
    about(shop, one, "OFFER_REDEEMED", "UPGRADE")


def extend(shop: Shop, one: Any) -> None:
    """Give a week for nothing, as `extend` of the Server API does."""
    with shop.store.changing() as state:
        latest = state.transactions[shop.line(one).latest]
        assert latest.expires_at
        latest.expires_at += WEEK_MS
    about(shop, one, "RENEWAL_EXTENDED")


def told(kind: str, subtype: str | None = None) -> Happening:
    """Nothing but the notification."""
    return lambda shop, one: about(shop, one, kind, subtype)


def expired(intent: int) -> Happening:
    return lambda shop, one: lifecycle.expire(shop.store, shop.line(one), intent=intent)


SUBSCRIPTIONS: list[tuple[str, str | None, Happening, tuple[bool, str]]] = [
    ("SUBSCRIBED", "INITIAL_BUY", told("SUBSCRIBED", "INITIAL_BUY"), OPEN),
    ("SUBSCRIBED", "RESUBSCRIBE", told("SUBSCRIBED", "RESUBSCRIBE"), OPEN),
    ("DID_RENEW", None, lambda shop, one: shop.renew(one), OPEN),
    ("DID_RENEW", "BILLING_RECOVERY", _recover, OPEN),
    (
        "DID_CHANGE_RENEWAL_PREF",
        "UPGRADE",
        lambda shop, one: shop.change(one, BETTER, "upgrade"),
        OPEN,
    ),
    (
        "DID_CHANGE_RENEWAL_PREF",
        "DOWNGRADE",
        lambda shop, one: shop.change(one, BETTER, "downgrade"),
        OPEN,
    ),
    ("DID_CHANGE_RENEWAL_PREF", None, _change_and_take_it_back, OPEN),
    ("DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_ENABLED", _renew_itself_again, OPEN),
    (
        "DID_CHANGE_RENEWAL_STATUS",
        "AUTO_RENEW_DISABLED",
        lambda shop, one: shop.cancel(one),
        OPEN,
    ),
    ("OFFER_REDEEMED", "UPGRADE", redeem_an_upgrade, OPEN),
    ("OFFER_REDEEMED", "DOWNGRADE", told("OFFER_REDEEMED", "DOWNGRADE"), OPEN),
    ("OFFER_REDEEMED", None, told("OFFER_REDEEMED"), OPEN),
    ("EXPIRED", "VOLUNTARY", expired(lifecycle.VOLUNTARY), EXPIRED),
    ("EXPIRED", "BILLING_RETRY", expired(lifecycle.BILLING), EXPIRED),
    ("EXPIRED", "PRICE_INCREASE", expired(lifecycle.PRICE), EXPIRED),
    ("EXPIRED", "PRODUCT_NOT_FOR_SALE", expired(lifecycle.NOT_SOLD), EXPIRED),
    ("DID_FAIL_TO_RENEW", "GRACE_PERIOD", lambda shop, one: shop.fail(one, grace_days=3), GRACE),
    ("DID_FAIL_TO_RENEW", None, lambda shop, one: shop.fail(one), RETRY),
    ("GRACE_PERIOD_EXPIRED", None, _out_of_grace, RETRY),
    ("PRICE_INCREASE", "PENDING", told("PRICE_INCREASE", "PENDING"), OPEN),
    ("PRICE_INCREASE", "ACCEPTED", told("PRICE_INCREASE", "ACCEPTED"), OPEN),
    ("PRICE_CHANGE", None, told("PRICE_CHANGE"), OPEN),
    ("REFUND", None, lambda shop, one: shop.refund(one), REVOKED),
    ("REFUND_DECLINED", None, told("REFUND_DECLINED"), OPEN),
    ("REFUND_REVERSED", None, lambda shop, one: [shop.refund(one), shop.reverse(one)], OPEN),
    ("CONSUMPTION_REQUEST", None, told("CONSUMPTION_REQUEST"), OPEN),
    ("RENEWAL_EXTENDED", None, extend, OPEN),
    ("MIGRATION", None, told("MIGRATION"), OPEN),
    ("METADATA_UPDATE", None, told("METADATA_UPDATE"), OPEN),
    (NEW, "NOR_THIS", told(NEW, "NOR_THIS"), OPEN),
]
NOTED: list[tuple[str, str | None]] = [
    ("TEST", None),
    ("RENEWAL_EXTENSION", "SUMMARY"),
    ("RENEWAL_EXTENSION", "FAILURE"),
    ("EXTERNAL_PURCHASE_TOKEN", None),
    ("RESCIND_CONSENT", None),
    (NEW, None),
]
