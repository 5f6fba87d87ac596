"""What the store answers to a tool."""

from typing import Any

from pydantic import BaseModel, Field

from local.stores.apple import payloads
from local.stores.apple.records import Notification, Transaction
from local.stores.apple.store import Store


class Outcome(BaseModel):
    """What an app would have in its hands now, and what the app's server is told."""

    transaction_id: str
    original_transaction_id: str
    signed_transaction: str = Field(description="What an app sends.")
    transaction: dict[str, Any] = Field(description="The same, readable.")
    status: int | None = Field(default=None, description="Apple's, of a subscription.")
    notification: dict[str, Any] | None = None


def outcome(
    store: Store, transaction: Transaction, notification: Notification | None = None
) -> Outcome:
    """Return what came of an operation."""
    line = store.state.lines.get(transaction.original_id)
    payload = payloads.transaction(transaction, store.bundle_id, store.now())
    return Outcome(
        transaction_id=transaction.id,
        original_transaction_id=transaction.original_id,
        signed_transaction=store.signed(transaction),
        transaction={name: value for name, value in payload.items() if value is not None},
        status=store.status(line) if line else None,
        notification=notification.model_dump(include={"uuid", "type", "subtype"})
        if notification
        else None,
    )
