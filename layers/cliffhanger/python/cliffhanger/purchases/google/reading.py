"""What Google's API says of a token now: the purchase, and the order that paid for it.

An answer counts as of the moment before the question. Two may ask at the same time, and the one
that began first may be answered last. What was asked later is at least as new as all that had
happened when it was asked. So a notification, which asks after what it tells of, is never outdone
by a claim that had begun before.
"""

from collections.abc import Collection

from cliffhanger import clock
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google import api, one_time, subscriptions
from cliffhanger.purchases.google.orders import Order, read_order
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def read_one_time(purchase_token: str) -> OneTimePurchase:
    """Read a one-time purchase: two calls of the API, one when it has no order.

    Raises:
        PurchaseNotVerified: Google knows no such purchase, or it holds several products.
        StoreUnavailable: Google does not answer. The order is not left out then: a refund that
            cannot be seen would look like a refund that was taken back.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    asked_at = clock.now()
    answer = api.one_time(purchase_token)
    line = one_time.one_time_line(answer)
    order = _order(answer.get("orderId"), line["productId"])
    return one_time.one_time_purchase(purchase_token, answer, order, asked_at)


def read_subscription(
    purchase_token: str, vip_products: Collection[str], named: str | None = None
) -> Subscription:
    """Read a subscription: two calls of the API, one when it has no order yet.

    Args:
        purchase_token: of the app or of a notification.
        vip_products: Google's ids of the VIP products; add-ons in the same purchase are passed
            over. A purchase of one line alone is taken whatever it is of.
        named: Google's id of the product that an app names: the purchase must hold it.

    Raises:
        PurchaseNotVerified: Google knows no such purchase, none of its lines is meant, or it does
            not hold what is named.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    asked_at = clock.now()
    answer = api.subscription(purchase_token)
    line = subscriptions.subscription_line(answer, vip_products, named)
    order = _order(line.get("latestSuccessfulOrderId"), line["productId"])
    return subscriptions.subscription(purchase_token, answer, line, order, asked_at)


def read_period(now: Subscription, order_id: str) -> Subscription:
    """Read another period of a subscription: one call. It says what was paid and given back of it.

    Args:
        now: the subscription as it is.
        order_id: what paid for the other period.

    Raises:
        PurchaseNotVerified: Google knows no such order.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    asked_at = clock.now()
    answer = api.order(order_id)
    if answer is None:
        raise PurchaseNotVerified("unknown_transaction")
    order = read_order(answer, now.product_id)
    return now.model_copy(
        update={
            "period_id": order_id,
            "purchased_at": order.period_begins_at or now.purchased_at,
            "told_at": asked_at,
            "price_micros": order.price_micros,
            "currency": order.currency,
            "refunded": order.refunded,
        }
    )


def _order(order_id: str | None, product_id: str) -> Order:
    return read_order(api.order(order_id) if order_id else None, product_id)
