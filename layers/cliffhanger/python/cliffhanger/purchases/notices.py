"""What the stores' notifications do, each once: it is kept on what it changed, or noted alone."""

import contextlib
from collections.abc import Mapping
from typing import Any, Literal

from cliffhanger.purchases import answering, applying, asking, notes, subscriptions
from cliffhanger.purchases.apple.notifications import AppleNotification
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.notification import (
    DeveloperNotification,
)
from cliffhanger.purchases.heard import Repeated
from cliffhanger.purchases.store import OneTimePurchase, Store, Subscription

Outcome = Literal["applied", "late", "late_or_repeated", "repeated", "noted", "unknown_purchase"]
"""What is `late` changed nothing of its purchase as it is now, of which something newer was heard.
A purchase that has heard many knows the latest alone, and cannot tell it from a repeat."""

_ONE_TIME = 2  # Google's productType


def take(message: Mapping[str, Any]) -> tuple[str, Outcome]:
    """Take a message of the queue; return what it was and what it did.

    Raises:
        StoreUnavailable, StoreRefused, Busy: it could not be done now; bring it again.
    """
    if message["store"] == "apple":
        from cliffhanger.purchases.apple.notifications import (  # noqa: PLC0415
            read_notification,
        )

        read = read_notification(message["signed_payload"])
        return read.type, from_apple(read)
    notification = DeveloperNotification.model_validate(message["notification"])
    return notification.kind, from_google(notification, message["message_id"])


def from_apple(read: AppleNotification) -> Outcome:
    """Do what a notification of Apple's asks, once.

    What it is about is brought in line with the transaction in it, whatever its type says: the
    types differ in why something changed. A type that is not known, or tells of nothing that is
    sold here, is kept. The history of notifications comes here too.
    """
    what = f"{read.type}.{read.subtype or ''}"
    if read.told is None:
        return _noted("apple", read.uuid, what)
    outcome = _applied(read.told, read.uuid, what, token=None)
    if read.type == "CONSUMPTION_REQUEST" and isinstance(read.told, OneTimePurchase):
        answering.to_apple(read.told)  # also when repeated: the first one may have died before it
    return outcome


def from_google(notification: DeveloperNotification, message_id: str) -> Outcome:
    """Do what a notification of Google's asks, once. It is a hint: the state is read again."""
    what = notification.kind
    if notification.kind == "refund_review" and notification.pending_refund_review_notification:
        answering.to_google(notification.pending_refund_review_notification)
        return _noted("google", message_id, what)
    token = notification.purchase_token
    if token is None:
        return _noted("google", message_id, what)
    try:
        told = read_from_google(token, one_time=_is_one_time(notification))
    except PurchaseNotVerified:
        notes.keep("google", message_id, what)
        return "unknown_purchase"
    voided = notification.voided_purchase_notification
    if voided is not None and not _is_heard(told, message_id):
        note_older(told, voided.order_id)  # first, since nobody comes back for it once it is heard
    return _applied(told, message_id, what, token=token)


def note_older(told: OneTimePurchase | Subscription, order_id: str | None) -> None:
    """Note what was given back of an older period: what a subscription is now does not tell it.

    Args:
        told: what Google says now.
        order_id: the order that was voided; None where Google names none.
    """
    if isinstance(told, OneTimePurchase) or order_id in {None, told.period_id}:
        return
    with contextlib.suppress(PurchaseNotVerified):  # Google has forgotten that order by now
        subscriptions.note_period(asking.google_period(told, str(order_id)))


def read_from_google(token: str, *, one_time: bool) -> OneTimePurchase | Subscription:
    """Return what Google says of a purchase now.

    Raises:
        PurchaseNotVerified: Google does not know it, or knows it no more.
        StoreUnavailable: Google does not answer.
    """
    return asking.google_pack(token) if one_time else asking.google_subscription(token)


def _is_one_time(notification: DeveloperNotification) -> bool:
    voided = notification.voided_purchase_notification
    if voided is not None:
        return voided.product_type == _ONE_TIME
    return notification.kind == "one_time"


def _is_heard(told: OneTimePurchase | Subscription, notice_id: str) -> bool:
    known = applying.known(told)
    return known is not None and known.has_heard(notice_id)


def _applied(
    told: OneTimePurchase | Subscription, notice_id: str, what: str, *, token: str | None
) -> Outcome:
    try:
        done = applying.apply(told, token=token, notice=notice_id)
    except Repeated:
        return "repeated"
    if done.has_heard(notice_id):
        return "applied"
    if not notes.keep(told.store, notice_id, what):
        return "repeated"
    return "late_or_repeated" if done.may_have_forgotten else "late"


def _noted(store: Store, notice_id: str, what: str) -> Outcome:
    """Note what is about no purchase of ours."""
    return "noted" if notes.keep(store, notice_id, what) else "repeated"
