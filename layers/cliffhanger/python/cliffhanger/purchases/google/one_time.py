"""One-time purchases: Google's ProductPurchaseV2 in the shape of both stores.

https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.productsv2
"""

from collections.abc import Mapping
from datetime import datetime

from cliffhanger.purchases.google.answers import (
    Json,
    environment,
    hashed,
    is_acknowledged,
    moment,
    only,
    unknown,
    viewer,
)
from cliffhanger.purchases.google.orders import Order
from cliffhanger.purchases.store import WHOLE, OneTimePurchase, OneTimeState, sane_quantity

_STATES: Mapping[str | None, OneTimeState] = {
    "PURCHASED": "purchased",
    "PENDING": "pending",
    "CANCELLED": "canceled",
}
_ROUNDING = WHOLE // 100
"""How much the money of a piece may be more than its share: it is paid in whole cents, or yen."""


def one_time_line(answer: Json) -> Json:
    """Return the line of a one-time purchase.

    Raises:
        PurchaseNotVerified: there are several. One token is one grant for ever, so it cannot pay
            for two products; unacknowledged, Google gives the money back after three days.
    """
    return only(answer.get("productLineItem") or [])


def one_time_purchase(
    purchase_token: str, answer: Json, order: Order, told_at: datetime
) -> OneTimePurchase:
    """Map a ProductPurchaseV2.

    The share given back is counted by quantity where Google refunds by quantity, and by money
    where it refunds without revoking, or where more of that went back. A canceled purchase keeps
    nothing, so all of it counts.

    Raises:
        PurchaseNotVerified: it has several lines.
    """
    line = one_time_line(answer)
    offer = line.get("productOfferDetails") or {}
    quantity = sane_quantity(int(offer.get("quantity", 1)))
    state = (answer.get("purchaseStateContext") or {}).get("purchaseState")
    return OneTimePurchase(
        store="google",
        environment=environment(answer, "testPurchaseContext"),
        product_id=line["productId"],
        viewer_id=viewer(answer.get("obfuscatedExternalAccountId")),
        purchased_at=moment(answer.get("purchaseCompletionTime")) or told_at,
        told_at=told_at,
        price_micros=order.price_micros,
        currency=order.currency,
        storefront=answer.get("regionCode") or None,
        transaction_id=hashed(purchase_token),
        order_id=answer.get("orderId") or None,
        quantity=quantity,
        state=_STATES.get(state) or unknown("purchaseState", state),
        refunded=_refunded(state, offer, quantity, order),
        is_consumed=offer.get("consumptionState") == "CONSUMPTION_STATE_CONSUMED",
        is_acknowledged=is_acknowledged(answer),
    )


def _refunded(state: str | None, offer: Json, quantity: int, order: Order) -> int | None:
    if state == "CANCELLED":
        return WHOLE
    left = offer.get("refundableQuantity")
    gone = quantity - min(quantity, int(left)) if left is not None else 0
    pieces, money = gone * WHOLE // quantity, order.refunded
    if gone == 0 or money == WHOLE or (money is not None and money > pieces + _ROUNDING):
        return money
    return pieces
