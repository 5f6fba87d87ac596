"""Notifications, version 2: one JWS that nests others, each verified.

They come twice, late and out of order: deduplicate by `uuid`, order by `told_at`. A type that is
not known here is kept as text and is no error.
https://developer.apple.com/documentation/appstoreservernotifications/responsebodyv2decodedpayload
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from cliffhanger import clock
from cliffhanger.model import Model
from cliffhanger.purchases.apple import transactions, verify
from cliffhanger.purchases.apple.environments import neutral
from cliffhanger.purchases.apple.periods import moment
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import ProductNotSupported, PurchaseNotVerified
from cliffhanger.purchases.store import Environment, OneTimePurchase, Subscription

if TYPE_CHECKING:
    from appstoreserverlibrary.models.Data import Data

_MAX_AGE = timedelta(days=30)
"""Apple's last retry comes a week after the first, and a dead-letter queue keeps two more."""


class AppleNotification(Model):
    """What Apple tells, unasked."""

    model_config = ConfigDict(frozen=True)

    uuid: str
    type: str = Field(description="Apple's notificationType, known here or not.")
    subtype: str | None = None
    signed_at: datetime
    environment: Environment
    told: OneTimePurchase | Subscription | None = Field(
        default=None, description="What it is about, unless it is of a kind that is not sold here."
    )
    refund_request_reason: str | None = Field(
        default=None, description="Why a customer wants a refund: of a CONSUMPTION_REQUEST."
    )


def read_notification(signed_payload: str, *, from_history: bool = False) -> AppleNotification:
    """Verify a notification and everything in it.

    Args:
        signed_payload: the `signedPayload` of Apple's POST.
        from_history: Apple's own API handed it over, so it may be half a year old, and its
            certificates may have expired since.

    Raises:
        PurchaseNotVerified: something in it was not signed by Apple for this app, or it is older
            than any delivery of Apple's.
        StoreUnavailable: that could not be found out; answer 5xx, so that it comes again.
    """
    online = False if from_history else None
    payload, environment = verify.notification(signed_payload, online=online)
    if not payload.notificationUUID or not payload.rawNotificationType or not payload.signedDate:
        raise PurchaseNotVerified("malformed")
    signed_at = moment(payload.signedDate)
    if not from_history and clock.now() - signed_at > _MAX_AGE:
        raise PurchaseNotVerified("too_old")
    data = payload.data
    return AppleNotification(
        uuid=payload.notificationUUID,
        type=payload.rawNotificationType,
        subtype=payload.rawSubtype,
        signed_at=signed_at,
        environment=neutral(environment),
        told=_told(data, environment, online) if data else None,
        refund_request_reason=data.rawConsumptionRequestReason if data else None,
    )


def _told(
    data: "Data", environment: AppleEnvironment, online: bool | None
) -> OneTimePurchase | Subscription | None:
    if not data.signedTransactionInfo:
        return None
    transaction = verify.transaction(data.signedTransactionInfo, within=environment, online=online)
    renewal = None
    if data.signedRenewalInfo:
        renewal = verify.renewal(
            data.signedRenewalInfo, transaction, within=environment, online=online
        )
    try:
        return transactions.told(transaction, renewal, data.rawStatus)
    except ProductNotSupported:
        return None
