"""What an order says: the price that was paid, and the share of it that was given back.

https://developers.google.com/android-publisher/api-ref/rest/v3/orders
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cliffhanger.log import logger
from cliffhanger.purchases.google.answers import moment
from cliffhanger.purchases.store import WHOLE

_MICROS = 1_000_000
_KEPT = {"PENDING", "PROCESSED", "CANCELED", "PENDING_REFUND"}


@dataclass(frozen=True)
class Order:
    """One payment: a one-time purchase, or one period of a subscription."""

    price_micros: int | None = None
    currency: str | None = None
    refunded: int | None = None
    """Nothing where there is no order to say so."""
    period_begins_at: datetime | None = None
    period_ends_at: datetime | None = None


def read_order(answer: Mapping[str, Any] | None, product_id: str) -> Order:
    """Read an order. One that is missing says nothing, not even that nothing was given back.

    Args:
        answer: Google's JSON, or nothing.
        product_id: the line that matters, where an order has several.
    """
    if answer is None:
        return Order()
    lines = answer.get("lineItems") or []
    own: Mapping[str, Any] = next((one for one in lines if one.get("productId") == product_id), {})
    paid = own.get("total") if len(lines) > 1 else answer.get("total")
    period = own.get("subscriptionDetails") or {}
    return Order(
        price_micros=_micros(paid),
        currency=(paid or {}).get("currencyCode") or None,
        refunded=_refunded(answer),
        period_begins_at=moment(period.get("servicePeriodStartTime")),
        period_ends_at=moment(period.get("servicePeriodEndTime")),
    )


def _refunded(answer: Mapping[str, Any]) -> int:
    """Return the share that was given back. Of the whole order: refunds name no line."""
    state = answer.get("state")
    if state == "REFUNDED":
        return WHOLE
    if state == "PARTIALLY_REFUNDED":
        events = (answer.get("orderHistory") or {}).get("partialRefundEvents") or []
        given = sum(
            _micros((event.get("refundDetails") or {}).get("total")) or 0
            for event in events
            if event.get("state") == "PROCESSED_SUCCESSFULLY"
        )
        return min(WHOLE, given * WHOLE // max(_micros(answer.get("total")) or 0, 1))
    if state not in _KEPT:
        logger().warning("unknown value of google", field="order.state", value=state)
    return 0


def _micros(money: Mapping[str, Any] | None) -> int | None:
    """Read google.type.Money: whole units as text, and billionths."""
    if not money:
        return None
    return int(money.get("units") or 0) * _MICROS + int(money.get("nanos") or 0) // 1000
