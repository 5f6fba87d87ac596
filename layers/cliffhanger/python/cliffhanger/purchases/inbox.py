"""The stores' notifications on their way in: verified, put into a queue, and answered at once.

The queue is FIFO, with one group for each purchase, so that what is read from Google's API for one
is not overtaken by an older answer. What a message does is decided behind the queue.
"""

import hashlib
import json
from typing import Any

from pydantic import ConfigDict, Field

from cliffhanger import aws, correlation
from cliffhanger.errors import Problem
from cliffhanger.model import Model
from cliffhanger.purchases.settings import NotificationQueueSettings
from cliffhanger.purchases.store import OneTimePurchase, Store
from cliffhanger.settings import load

_LARGEST = 200_000  # characters: a message of the queue has 256 KiB, and Apple's have some 20


class NotificationTooLarge(Problem):
    """No notification of a store is that large."""

    status, code, title = 413, "notification_too_large", "The notification is too large"


class AppleNotice(Model):
    """What Apple posts: App Store Server Notifications, version 2."""

    model_config = ConfigDict(extra="ignore")

    signedPayload: str = Field(min_length=1)  # noqa: N815 - Apple's name


class GooglePush(Model):
    """What Pub/Sub posts."""

    model_config = ConfigDict(extra="allow")

    message: dict[str, Any]


class Accepted(Model):
    """It is in the queue."""

    accepted: bool = True


def from_apple(notice: AppleNotice) -> Accepted:
    """Take a notification of Apple's.

    Raises:
        NotificationTooLarge: it is no notification.
        PurchaseNotVerified: Apple has not signed it for this app.
        StoreUnavailable: that could not be found out; Apple sends it again.
    """
    from cliffhanger.purchases.apple.notifications import read_notification  # noqa: PLC0415

    if len(notice.signedPayload) > _LARGEST:
        raise NotificationTooLarge("Apple's notifications are far smaller.")
    read = read_notification(notice.signedPayload)
    told = read.told
    about = read.uuid
    if told is not None:
        about = told.transaction_id if isinstance(told, OneTimePurchase) else told.line_id
    _send("apple", about, read.uuid, {"signed_payload": notice.signedPayload})
    return Accepted()


def from_google(push: GooglePush, authorization: str | None) -> Accepted:
    """Take a push of Google's.

    Raises:
        NotificationTooLarge: it is no notification.
        PushNotVerified: its token is not Google's for this deployment.
        PushMalformed: it tells nothing about this app.
        StoreUnavailable: Google's certificates cannot be had; Pub/Sub sends it again.
    """
    from cliffhanger.purchases.google.push import read_push  # noqa: PLC0415

    body = push.model_dump_json()
    if len(body) > _LARGEST:
        raise NotificationTooLarge("Google's notifications are far smaller.")
    read = read_push(authorization, body)
    about = read.notification.purchase_token or read.message_id
    told = {
        "message_id": read.message_id,
        "notification": read.notification.model_dump(mode="json", by_alias=True),
    }
    _send("google", about, read.message_id, told)
    return Accepted()


def _send(store: Store, about: str, message_id: str, told: dict[str, Any]) -> None:
    aws.sqs().send_message(
        QueueUrl=load(NotificationQueueSettings).notifications_queue_url,
        MessageBody=json.dumps({"store": store, **told, **correlation.stored()}),
        MessageGroupId=_short(f"{store}\n{about}"),
        MessageDeduplicationId=_short(f"{store}\n{message_id}"),
    )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
