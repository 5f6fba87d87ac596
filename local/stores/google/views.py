"""The store's records as Google's API shows them."""

from datetime import UTC, datetime
from typing import Any

from local.stores.google.records import Buyer, OneTime, Order, Subscription, Voided

_BILLION = 1_000_000_000


def product_purchase(bought: OneTime) -> dict[str, Any]:
    """ProductPurchaseV2."""
    offer = {
        "quantity": bought.quantity,
        "refundableQuantity": bought.refundable_quantity,
        "consumptionState": "CONSUMPTION_STATE_CONSUMED"
        if bought.is_consumed
        else "CONSUMPTION_STATE_YET_TO_BE_CONSUMED",
    }
    return _told(
        kind="androidpublisher#productPurchaseV2",
        productLineItem=[{"productId": bought.product_id, "productOfferDetails": offer}],
        purchaseStateContext={"purchaseState": bought.state},
        testPurchaseContext={"fopType": "TEST"} if bought.buyer.is_test else None,
        orderId=bought.order_id if bought.completed_at else None,
        obfuscatedExternalAccountId=bought.buyer.account_id,
        regionCode=bought.buyer.region,
        purchaseCompletionTime=_time(bought.completed_at),
        acknowledgementState=_acknowledgement(bought.is_acknowledged),
    )


def subscription_purchase(one: Subscription) -> dict[str, Any]:
    """SubscriptionPurchaseV2."""
    shared = _told(
        expiryTime=_time(one.expires_at),
        latestSuccessfulOrderId=one.latest_order_id if one.started_at else None,
    )
    lines = [
        {**shared, "productId": product_id, "autoRenewingPlan": _plan(one)}
        for product_id in (*one.add_ons, one.product_id)
    ]
    if one.following:
        # What is to come is no one's yet: it has neither an end nor an order.
        coming = {"productId": one.following.product_id}
        lines[-1] |= {"deferredItemReplacement": coming}
        lines.append({**coming, "autoRenewingPlan": _plan(one)})
    return _told(
        kind="androidpublisher#subscriptionPurchaseV2",
        regionCode=one.buyer.region,
        startTime=_time(one.started_at),
        subscriptionState=f"SUBSCRIPTION_STATE_{one.state}",
        latestOrderId=one.latest_order_id,
        linkedPurchaseToken=one.linked_token,
        pausedStateContext=_told(autoResumeTime=_time(one.resumes_at)) or None,
        canceledStateContext={f"{one.canceled_by}{_CANCELED[one.canceled_by]}": {}}
        if one.canceled_by
        else None,
        testPurchase={} if one.buyer.is_test else None,
        acknowledgementState=_acknowledgement(one.is_acknowledged),
        externalAccountIdentifiers=_account(one.buyer.account_id),
        outOfAppPurchaseContext=_out_of_app(one),
        lineItems=lines,
    )


def order_resource(order: Order, buyer: Buyer) -> dict[str, Any]:
    """Order."""
    gone = order.refunded_micros
    is_whole = bool(order.refunds) and gone == order.micros
    state = "REFUNDED" if is_whole else "PARTIALLY_REFUNDED" if gone else "PROCESSED"
    period = _told(
        servicePeriodStartTime=_time(order.period_begins_at),
        servicePeriodEndTime=_time(order.period_ends_at),
    )
    details = (
        {"subscriptionDetails": period}
        if period
        else {"oneTimePurchaseDetails": {"quantity": order.quantity}}
    )
    partial = [
        {
            "createTime": _time(one.at),
            "processTime": _time(one.at),
            "state": "PROCESSED_SUCCESSFULLY",
            "refundDetails": {"total": _money(one.micros, order.currency)},
        }
        for one in order.refunds
    ]
    history = _told(
        processedEvent={"eventTime": _time(order.created_at)},
        partialRefundEvents=None if is_whole else partial or None,
        refundEvent={
            "eventTime": _time(order.refunds[-1].at),
            "refundDetails": {"total": _money(gone, order.currency)},
        }
        if is_whole
        else None,
    )
    total = _money(order.micros, order.currency)
    return {
        "orderId": order.id,
        "purchaseToken": order.token,
        "state": state,
        "createTime": _time(order.created_at),
        "buyerAddress": {"buyerCountry": buyer.region},
        "total": total,
        "orderHistory": history,
        "lineItems": [{"productId": order.product_id, "total": total, **details}],
    }


def voided_purchase(one: Voided) -> dict[str, Any]:
    """VoidedPurchase."""
    return _told(
        kind="androidpublisher#voidedPurchase",
        purchaseToken=one.token,
        orderId=one.order_id,
        purchaseTimeMillis=_millis(one.purchased_at),
        voidedTimeMillis=_millis(one.voided_at),
        voidedSource=one.source,
        voidedReason=one.reason,
        voidedQuantity=one.quantity,
    )


_CANCELED = {
    "user": "InitiatedCancellation",
    "system": "InitiatedCancellation",
    "developer": "InitiatedCancellation",
    "replacement": "Cancellation",
}


def _account(account_id: str | None) -> dict[str, Any] | None:
    return {"obfuscatedExternalAccountId": account_id} if account_id else None


def _out_of_app(one: Subscription) -> dict[str, Any] | None:
    """Whose it was before, told until it is acknowledged."""
    if one.expired_token is None or one.is_acknowledged:
        return None
    account = _account(one.expired_account_id)
    return _told(expiredPurchaseToken=one.expired_token, expiredExternalAccountIdentifiers=account)


def _plan(one: Subscription) -> dict[str, Any]:
    price = _money(one.buyer.price_micros, one.buyer.currency)
    # A `false` is left out, as in all of Google's JSON.
    return {"recurringPrice": price, **({"autoRenewEnabled": True} if one.auto_renews else {})}


def _acknowledgement(is_acknowledged: bool) -> str:
    return f"ACKNOWLEDGEMENT_STATE_{'ACKNOWLEDGED' if is_acknowledged else 'PENDING'}"


def _told(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _money(micros: int, currency: str) -> dict[str, Any]:
    units, rest = divmod(micros * 1000, _BILLION)
    return {"currencyCode": currency, "units": str(units), **({"nanos": rest} if rest else {})}


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _millis(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
