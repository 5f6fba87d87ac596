"""Subscriptions: Google's SubscriptionPurchaseV2 in the shape of both stores.

https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.subscriptionsv2
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from cliffhanger.purchases.google.answers import (
    Json,
    another_product,
    environment,
    hashed,
    is_acknowledged,
    moment,
    only,
    unknown,
    viewer,
)
from cliffhanger.purchases.google.orders import Order
from cliffhanger.purchases.store import WHOLE, Subscription, SubscriptionState

_STATES: Mapping[str | None, SubscriptionState] = {
    "SUBSCRIPTION_STATE_ACTIVE": "active",
    "SUBSCRIPTION_STATE_CANCELED": "active",  # it is paid up to its end
    "SUBSCRIPTION_STATE_IN_GRACE_PERIOD": "grace",
    "SUBSCRIPTION_STATE_ON_HOLD": "billing_retry",
    "SUBSCRIPTION_STATE_PAUSED": "paused",
    "SUBSCRIPTION_STATE_PENDING": "pending",
    "SUBSCRIPTION_STATE_EXPIRED": "expired",
    "SUBSCRIPTION_STATE_PENDING_PURCHASE_CANCELED": "expired",
}
_NEARLY = timedelta(hours=1)
"""How far the end of access may lie before the end of the paid period by itself."""


def subscription_line(
    answer: Json, vip_products: Collection[str], named: str | None = None
) -> Json:
    """Return the line that is the VIP product; add-ons have lines of their own.

    Args:
        answer: a SubscriptionPurchaseV2.
        vip_products: Google's ids of the VIP products. Of two the one that lasts longer counts.
        named: Google's id of the product that an app names. It chooses among lines of which none
            is a VIP product, and must be in the purchase, be it from the next renewal on.

    Raises:
        PurchaseNotVerified: none of several lines is meant, or what is named is not among them.
    """
    lines: Sequence[Json] = answer.get("lineItems") or []
    if named is not None and named not in _products(lines):
        raise another_product()
    begun = _begun(lines)
    for wanted in (vip_products, {named}):
        own = [line for line in begun if line.get("productId") in wanted]
        if own:
            return max(own, key=lambda line: line.get("expiryTime") or "")
    return only(begun)


def _products(lines: Sequence[Json]) -> set[str | None]:
    """Return what a purchase is of, and what it will be of from its next renewal on."""
    coming = (line.get("deferredItemReplacement") or {} for line in lines)
    return {one.get("productId") for one in (*lines, *coming)}


def _begun(lines: Sequence[Json]) -> Sequence[Json]:
    """Return the lines that the buyer has, all of them where none has begun.

    A plan that begins when another one ends stands beside that one, without an end and without an
    order, since it is not paid for yet. A tester's order may be blank too.
    https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.subscriptionsv2
    """
    ending = [line for line in lines if line.get("expiryTime")]
    paid = [line for line in ending if line.get("latestSuccessfulOrderId")]
    return paid or ending or lines


def subscription(
    purchase_token: str, answer: Json, line: Json, order: Order, told_at: datetime
) -> Subscription:
    """Map a SubscriptionPurchaseV2.

    Google has no state for "revoked": it says EXPIRED. It is told from the order of the period,
    which was given back wholly, or was paid for longer than it lasted, with no plan change.

    Args:
        purchase_token: the token that was asked for.
        answer: what Google said.
        line: of the answer, from `subscription_line`.
        order: of the line's `latestSuccessfulOrderId`.
        told_at: the moment before Google was asked.
    """
    state, expires_at = answer.get("subscriptionState"), moment(line.get("expiryTime"))
    mapped = _STATES.get(state) or unknown("subscriptionState", state)
    if state == "SUBSCRIPTION_STATE_CANCELED" and expires_at and expires_at <= told_at:
        mapped = "expired"
    elif state == "SUBSCRIPTION_STATE_EXPIRED" and _is_revoked(answer, expires_at, order):
        mapped = "revoked"
    elif mapped in {"active", "grace"} and expires_at is None:
        mapped = unknown("expiryTime", None)  # without an end it would be open for ever
    replaced = answer.get("linkedPurchaseToken")
    resumes = answer.get("outOfAppPurchaseContext") or {}
    expired = resumes.get("expiredPurchaseToken")
    plan = line.get("autoRenewingPlan") or {}
    return Subscription(
        store="google",
        environment=environment(answer, "testPurchase"),
        product_id=line["productId"],
        viewer_id=_account(answer.get("externalAccountIdentifiers")),
        purchased_at=_began(answer, order) or told_at,
        told_at=told_at,
        price_micros=order.price_micros,
        currency=order.currency,
        storefront=answer.get("regionCode") or None,
        line_id=hashed(purchase_token),
        period_id=line.get("latestSuccessfulOrderId") or hashed(purchase_token),
        state=mapped,
        expires_at=expires_at,
        auto_renews=bool(plan.get("autoRenewEnabled")),
        replaces=hashed(replaced) if replaced else None,
        replaces_token=replaced or None,
        resumes=hashed(expired) if expired else None,
        resumes_viewer_id=_account(resumes.get("expiredExternalAccountIdentifiers")),
        is_acknowledged=is_acknowledged(answer),
        refunded=order.refunded,
    )


def _began(answer: Json, order: Order) -> datetime | None:
    """Return when this period began: not before the purchase, which tells of its first one alone.

    A plan that waits for another one to end has that one's order.
    """
    known = (moment(answer.get("startTime")), order.period_begins_at)
    return max((one for one in known if one), default=None)


def _account(identifiers: Json | None) -> str | None:
    return viewer((identifiers or {}).get("obfuscatedExternalAccountId"))


def _is_revoked(answer: Json, expires_at: datetime | None, order: Order) -> bool:
    if "replacementCancellation" in (answer.get("canceledStateContext") or {}):
        return False
    paid_until = order.period_ends_at
    cut_short = bool(paid_until and expires_at and expires_at + _NEARLY < paid_until)
    return order.refunded == WHOLE or cut_short
