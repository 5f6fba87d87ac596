"""From a verified transaction to what the domain grants. Pure: no clock, no call.

Times are UNIX milliseconds in UTC, prices thousandths of the currency and of the whole
transaction whatever its quantity, with the discount of an offer taken off already (a free trial
costs 0). Raw fields are read, so a value that this version of the library does not know is no
error.
https://developer.apple.com/documentation/appstoreserverapi/jwstransactiondecodedpayload
"""

from typing import TYPE_CHECKING, Any, TypeVar

from cliffhanger.purchases.apple.account_token import bound_to
from cliffhanger.purchases.apple.environments import neutral
from cliffhanger.purchases.apple.periods import end_of, moment, state_of
from cliffhanger.purchases.apple.storefronts import two_letters
from cliffhanger.purchases.errors import ProductNotSupported, PurchaseNotVerified
from cliffhanger.purchases.store import (
    WHOLE,
    OneTimePurchase,
    Subscription,
    sane_quantity,
)

if TYPE_CHECKING:
    from appstoreserverlibrary.models.JWSRenewalInfoDecodedPayload import (
        JWSRenewalInfoDecodedPayload,
    )
    from appstoreserverlibrary.models.JWSTransactionDecodedPayload import (
        JWSTransactionDecodedPayload,
    )

T = TypeVar("T")
CONSUMABLE, AUTO_RENEWABLE = "Consumable", "Auto-Renewable Subscription"


def told(
    transaction: "JWSTransactionDecodedPayload",
    renewal: "JWSRenewalInfoDecodedPayload | None" = None,
    status: int | None = None,
) -> OneTimePurchase | Subscription:
    """Return what a transaction says, as the kind that its product is of.

    Args:
        transaction: verified.
        renewal: verified, of the same subscription; an app does not send it.
        status: Apple's number for the state of the subscription, where it came along.

    Raises:
        ProductNotSupported: it is neither a consumable nor an auto-renewable subscription.
        PurchaseNotVerified: a field without which it means nothing is missing, or the quantity is
            none.
    """
    if transaction.rawType == CONSUMABLE:
        return one_time_purchase(transaction)
    if transaction.rawType == AUTO_RENEWABLE:
        return subscription(transaction, renewal, status)
    raise ProductNotSupported("Coins and VIP are what is sold. Nothing was granted.")


def one_time_purchase(transaction: "JWSTransactionDecodedPayload") -> OneTimePurchase:
    """Return a coin pack. A refund is a share of it, and gone again once Apple reversed it."""
    return OneTimePurchase(
        **_said(transaction),
        transaction_id=_needed(transaction.transactionId),
        quantity=sane_quantity(transaction.quantity),
        state="purchased",
    )


def subscription(
    transaction: "JWSTransactionDecodedPayload",
    renewal: "JWSRenewalInfoDecodedPayload | None" = None,
    status: int | None = None,
) -> Subscription:
    """Return a period of a VIP subscription, in the state that Apple told with it.

    A refunded period is `revoked`, whatever became of the subscription, and a period that an
    upgrade cut short is `expired`: look at `period_id` before ending anything. Without a renewal
    info, a period that runs does not say whether it renews itself.
    """
    state = state_of(transaction, renewal, status)
    renews = renewal.rawAutoRenewStatus == 1 if renewal else None if state == "active" else False
    return Subscription(
        **_said(transaction),
        line_id=_needed(transaction.originalTransactionId),
        period_id=_needed(transaction.transactionId),
        state=state,
        expires_at=end_of(transaction, renewal, state),
        auto_renews=renews,
        is_family_shared=transaction.rawInAppOwnershipType == "FAMILY_SHARED",
        is_upgraded=bool(transaction.isUpgraded),
    )


def _said(transaction: "JWSTransactionDecodedPayload") -> dict[str, Any]:
    """Return what every kind of transaction tells, under the names that the domain has for it."""
    price, told_at = transaction.price, moment(_needed(transaction.signedDate))
    return {
        "store": "apple",
        "environment": neutral(transaction.rawEnvironment),
        "product_id": _needed(transaction.productId),
        "viewer_id": bound_to(transaction.appAccountToken, told_at),
        "purchased_at": moment(_needed(transaction.purchaseDate)),
        "told_at": told_at,
        "price_micros": None if price is None else price * 1000,
        "currency": transaction.currency,
        "storefront": two_letters(transaction.storefront),
        "refunded": _refunded(transaction),
    }


def _refunded(transaction: "JWSTransactionDecodedPayload") -> int:
    """Return the share that was given back.

    Refunds from before Apple told percentages were whole ones. Who loses a family's subscription
    had paid nothing for it.
    """
    if transaction.revocationDate is None or transaction.rawRevocationType == "FAMILY_REVOKE":
        return 0
    share = transaction.revocationPercentage
    return WHOLE if share is None else min(max(share, 0), WHOLE)


def _needed(value: T | None) -> T:
    if value is None or value == "":
        raise PurchaseNotVerified("malformed")
    return value
