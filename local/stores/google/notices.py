"""Real-time developer notifications, as they go into the queue.

https://developer.android.com/google/play/billing/rtdn-reference
"""

import secrets
import time
from datetime import datetime
from typing import Any

from local.stores.google.records import OneTime, Order, QueuedPush, Review, State, Subscription

RECOVERED, RENEWED, CANCELED, PURCHASED, ON_HOLD, IN_GRACE_PERIOD, RESTARTED = 1, 2, 3, 4, 5, 6, 7
PAUSED, REVOKED, EXPIRED, PENDING_CANCELED = 10, 12, 13, 20
ONE_TIME_PURCHASED, ONE_TIME_CANCELED = 1, 2
_KEPT = 200


def tell(state: State, at: datetime, member: str, body: dict[str, Any], *, late: float = 0) -> None:
    """Queue a notification.

    Args:
        state: the store's.
        at: when it happened.
        member: which of the members it is, such as `testNotification`.
        body: what that member holds.
        late: how many real seconds it stays behind.
    """
    data = {"version": "1.0", "eventTimeMillis": str(int(at.timestamp() * 1000)), member: body}
    message_id = str(secrets.randbelow(10**15) + 10**15)
    state.pushes.append(QueuedPush(id=message_id, data=data, due_at=time.time() + late))
    del state.pushes[:-_KEPT]


def tell_one_time(state: State, at: datetime, kind: int, bought: OneTime) -> None:
    """Tell that a one-time purchase was completed or canceled."""
    body = {
        "version": "1.0",
        "notificationType": kind,
        "purchaseToken": bought.token,
        "sku": bought.product_id,
    }
    tell(state, at, "oneTimeProductNotification", body)


def tell_subscription(
    state: State, at: datetime, kind: int, one: Subscription, *, late: float = 0
) -> None:
    """Tell that a subscription has changed."""
    body = {"version": "1.0", "notificationType": kind, "purchaseToken": one.token}
    tell(state, at, "subscriptionNotification", body, late=late)


def tell_voided(state: State, at: datetime, order: Order, *, is_partial: bool) -> None:
    """Tell that a purchase was voided, or a part of it by quantity."""
    body = {
        "purchaseToken": order.token,
        "orderId": order.id,
        "productType": 1 if order.token in state.subscriptions else 2,
        "refundType": 2 if is_partial else 1,
    }
    tell(state, at, "voidedPurchaseNotification", body)


def tell_review(state: State, at: datetime, review: Review, account_id: str | None) -> None:
    """Ask what we think of a refund."""
    body = {
        "version": "1.0",
        "pendingRefundToken": review.token,
        "orderId": review.order_id,
        "refundReason": 7,
        **({"obfuscatedAccountId": account_id} if account_id else {}),
    }
    tell(state, at, "pendingRefundReviewNotification", body)
