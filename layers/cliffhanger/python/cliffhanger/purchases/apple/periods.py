"""The state of one period of a subscription, and when it stops opening anything."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.store import SubscriptionState

if TYPE_CHECKING:
    from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import (
        JWSRenewalInfoDecodedPayload,
    )
    from appstoreserverlibrary.models.JWSTransactionDecodedPayload import (
        JWSTransactionDecodedPayload,
    )

# https://developer.apple.com/documentation/appstoreserverapi/status
_STATES: dict[int, SubscriptionState] = {
    1: "active",
    2: "expired",
    3: "billing_retry",
    4: "grace",
    5: "revoked",
}


def moment(milliseconds: int) -> datetime:
    """Return a time of Apple's.

    Raises:
        PurchaseNotVerified: it is beyond the calendar.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise PurchaseNotVerified("malformed") from error


def state_of(
    transaction: "JWSTransactionDecodedPayload",
    renewal: "JWSRenewalInfoDecodedPayload | None",
    status: int | None,
) -> SubscriptionState:
    """Return the state: Apple's word for it where it came along, the dates otherwise."""
    if transaction.revocationDate is not None:
        return "revoked"
    if transaction.isUpgraded:
        return "expired"
    if status in _STATES:
        return _STATES[status]
    signed = transaction.signedDate or 0
    if (transaction.expiresDate or 0) > signed:
        return "active"
    if renewal and renewal.isInBillingRetryPeriod:
        return "grace" if (renewal.gracePeriodExpiresDate or 0) > signed else "billing_retry"
    return "expired"


def end_of(
    transaction: "JWSTransactionDecodedPayload",
    renewal: "JWSRenewalInfoDecodedPayload | None",
    state: SubscriptionState,
) -> datetime | None:
    """Return when this period stops opening anything."""
    end = transaction.expiresDate
    if state == "grace" and renewal and renewal.gracePeriodExpiresDate:
        end = renewal.gracePeriodExpiresDate
    if transaction.revocationDate is not None:
        end = min(end or transaction.revocationDate, transaction.revocationDate)
    return None if end is None else moment(end)
