"""Money given back, taken again, or asked for."""

from typing import Literal

from local.stores.apple.announcing import notify
from local.stores.apple.errors import bad_request
from local.stores.apple.records import Notification, Transaction
from local.stores.apple.store import Store

WHOLE = 100_000
Reason = Literal[
    "UNINTENDED_PURCHASE",
    "FULFILLMENT_ISSUE",
    "UNSATISFIED_WITH_PURCHASE",
    "LEGAL",
    "OTHER",
]


def refund(store: Store, transaction: Transaction, percentage: float = 100) -> Notification:
    """Give the money back, or a part of it. A subscription whose period that is ends with it."""
    if transaction.is_family_shared:
        raise bad_request("The family member has paid nothing. Revoke it instead.")
    share = round(percentage * 1000)
    transaction.revoked_at = store.now()
    transaction.revocation_reason = 0
    transaction.revocation_percentage = share
    transaction.revocation_type = "REFUND_FULL" if share == WHOLE else "REFUND_PRORATED"
    line = store.state.lines.get(transaction.original_id)
    if line and line.latest == transaction.id:
        line.auto_renews = False
    return notify(store, "REFUND", None, transaction)


def reverse(store: Store, transaction: Transaction) -> Notification:
    """Take the money again after a dispute: as if nothing had been refunded."""
    if transaction.revoked_at is None or transaction.is_family_shared:
        raise bad_request("The transaction was not refunded.")
    _clear(transaction)
    return notify(store, "REFUND_REVERSED", None, transaction)


def decline(store: Store, transaction: Transaction) -> Notification:
    """Tell a customer who asked for their money that they will not get it."""
    return notify(store, "REFUND_DECLINED", None, transaction)


def ask_consumption(store: Store, transaction: Transaction, reason: str) -> Notification:
    """Ask the app's server what a customer used of what they want their money back for."""
    return notify(store, "CONSUMPTION_REQUEST", None, transaction, reason=reason)


def revoke(store: Store, transaction: Transaction) -> Notification:
    """Take from a family member what the family no longer shares."""
    if not transaction.is_family_shared:
        raise bad_request("The transaction is not shared. Refund it instead.")
    transaction.revoked_at = store.now()
    transaction.revocation_reason = 0
    transaction.revocation_type = "FAMILY_REVOKE"
    store.line(transaction.id).auto_renews = False
    return notify(store, "REVOKE", None, transaction)


def _clear(transaction: Transaction) -> None:
    transaction.revoked_at = None
    transaction.revocation_reason = None
    transaction.revocation_percentage = None
    transaction.revocation_type = None
