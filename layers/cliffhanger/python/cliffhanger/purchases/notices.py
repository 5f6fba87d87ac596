"""What the stores' notifications do, each once: its record is written with its effect.

| pk | sk | item |
|---|---|---|
| NOTE#apple#... | NOTE | a notification that had its effect; goes after half a year |

Apple repeats a notification for a week at most, and its history reaches back half a year.
"""

import contextlib
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Literal

from cliffhanger import clock, dynamo
from cliffhanger.purchases import answering, applying, asking, records, subscriptions
from cliffhanger.purchases.apple.notifications import AppleNotification
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.notification import (
    DeveloperNotification,
)
from cliffhanger.purchases.store import OneTimePurchase, Store, Subscription
from cliffhanger.tables import TTL

Outcome = Literal["applied", "repeated", "noted", "unknown_purchase"]

_SK = "NOTE"
_KEPT = timedelta(days=200)
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
    note = note_of("apple", read.uuid, f"{read.type}.{read.subtype or ''}")
    if read.told is None:
        return only_noted(note)
    outcome = _applied(read.told, note, token=None)
    if read.type == "CONSUMPTION_REQUEST" and isinstance(read.told, OneTimePurchase):
        answering.to_apple(read.told)  # also when repeated: the first one may have died before it
    return outcome


def from_google(notification: DeveloperNotification, message_id: str) -> Outcome:
    """Do what a notification of Google's asks, once. It is a hint: the state is read again."""
    note = note_of("google", message_id, notification.kind)
    if notification.kind == "refund_review" and notification.pending_refund_review_notification:
        answering.to_google(notification.pending_refund_review_notification)
        return only_noted(note)
    token = notification.purchase_token
    if token is None:
        return only_noted(note)
    try:
        told = read_from_google(token, one_time=_is_one_time(notification))
    except PurchaseNotVerified:
        only_noted(note)
        return "unknown_purchase"
    voided = notification.voided_purchase_notification
    note_older(told, voided.order_id if voided else None)
    return _applied(told, note, token=token)


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


def _applied(
    told: OneTimePurchase | Subscription, note: dynamo.Write, *, token: str | None
) -> Outcome:
    try:
        applying.apply(told, token=token, also=(note,))
    except dynamo.ConditionFailed:
        return "repeated"
    return "applied"


def only_noted(note: dynamo.Write) -> Outcome:
    """Note what has no effect."""
    try:
        dynamo.write(note)
    except dynamo.ConditionFailed:
        return "repeated"
    return "noted"


def known(store: Store, notice_ids: Collection[str]) -> set[str]:
    """Return which of these had their effect, up to a hundred of them."""
    table, ids = records.table(), list(dict.fromkeys(notice_ids))
    places = [(table, dynamo.key(_pk(store, one), _SK)) for one in ids]
    found = dynamo.batch_get(*places, consistent=True) if places else []
    return {one for one, item in zip(ids, found, strict=True) if item}


def note_of(store: Store, notice_id: str, what: str) -> dynamo.Write:
    """Return the record of a notification. It fails when it had its effect before."""
    now = clock.now()
    item = dynamo.key(_pk(store, notice_id), _SK) | {
        "what": what,
        "at": clock.iso(now),
        TTL: int((now + _KEPT).timestamp()),
    }
    return dynamo.create(records.table(), item)


def _pk(store: Store, notice_id: str) -> str:
    return f"NOTE#{store}#{notice_id}"
