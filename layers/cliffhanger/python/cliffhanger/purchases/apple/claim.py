"""What an app says it bought. Believed when Apple signed it just now; else Apple is asked.

So a certificate that has expired cannot be used with a date from when it had not, and a purchase
that an app kept for weeks is not lost.
"""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from cliffhanger import clock
from cliffhanger.purchases.apple import server_api, transactions, verify, vouched
from cliffhanger.purchases.apple.reading import read_subscription
from cliffhanger.purchases.apple.settings import (
    AppleClaimSettings,
    AppleEnvironment,
    AppleSettings,
)
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreUnavailable
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from cliffhanger.settings import load

if TYPE_CHECKING:
    from appstoreserverlibrary.models.JWSTransactionDecodedPayload import (
        JWSTransactionDecodedPayload,
    )


def read_client_transaction(signed_transaction: str) -> OneTimePurchase | Subscription:
    """Return what a signed transaction from an app is worth.

    Raises:
        PurchaseNotVerified: Apple has not signed it for this app, or does not know it.
        ProductNotSupported: it is of a kind that is not sold here.
        StoreRefused, StoreUnavailable: Apple had to be asked, and did not answer.
    """
    claimed, is_vouched = _verified(signed_transaction)
    told = transactions.told(claimed)
    environment = _environment(claimed)
    if _is_fresh(claimed, told) and (is_vouched or _is_in_force(signed_transaction, environment)):
        return told
    if isinstance(told, OneTimePurchase):
        return server_api.transaction(told.transaction_id, environment)
    return read_subscription(told.line_id, told.period_id, environment)


def _verified(signed: str) -> "tuple[JWSTransactionDecodedPayload, bool]":
    """Return what is claimed, and whether its certificates are known to be good today.

    What is forged is turned away before Apple is asked about any certificate, so all is checked
    offline first. That walk along the chain is spared where the online check asks nothing either.
    """
    environment = vouched.environment_of(signed)
    if environment:
        with suppress(PurchaseNotVerified, StoreUnavailable):  # the offline check says why
            return verify.transaction(signed, within=environment), True
    return verify.transaction(signed, online=False), False


def _is_fresh(
    claimed: "JWSTransactionDecodedPayload", told: OneTimePurchase | Subscription
) -> bool:
    """Whether it was signed just now; a subscription must have been bought just now too.

    An older period does not say whether it still renews itself, and may have been followed.
    """
    dates = [told.told_at]
    if isinstance(told, Subscription):
        dates.append(told.purchased_at)
    age = timedelta(seconds=load(AppleClaimSettings).apple_max_age_seconds)
    return all(abs(clock.now() - one) <= age for one in dates) and not claimed.isUpgraded


def _is_in_force(signed: str, environment: AppleEnvironment) -> bool:
    """Whether the certificates are good today, as far as this stage looks."""
    if not load(AppleSettings).apple_online_checks:
        return True
    try:
        verify.transaction(signed, within=environment)
    except (PurchaseNotVerified, StoreUnavailable):
        return False
    vouched.remember(signed, environment)
    return True


def _environment(claimed: "JWSTransactionDecodedPayload") -> AppleEnvironment:
    return "Production" if claimed.rawEnvironment == "Production" else "Sandbox"
