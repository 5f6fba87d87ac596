"""Notifications as they are made: signed, with what they are about nested in them."""

import uuid

from local.stores.apple import payloads
from local.stores.apple.records import Attempt, Environment, Notification, Transaction
from local.stores.apple.signing import sign
from local.stores.apple.store import Store


def notify(
    store: Store,
    type_: str,
    subtype: str | None = None,
    about: Transaction | None = None,
    *,
    environment: Environment | None = None,
    reason: str | None = None,
) -> Notification:
    """Sign a notification, due now. The courier takes it from there, unless it is to be lost.

    What is lost stands in the history as Apple shows it: tried, and answered by nobody.

    Args:
        store: whose signature it carries; whoever calls this is changing it.
        type_: Apple's notificationType.
        subtype: Apple's subtype.
        about: the transaction in it; a subscription's renewal info goes along.
        environment: of the store, where there is no transaction to take it from.
        reason: why a customer wants a refund.
    """
    place = about.environment if about else environment or store.environment
    line = store.state.lines.get(about.original_id) if about else None
    data = payloads.data(place, store.bundle_id, store.app_apple_id) | {
        "signedTransactionInfo": store.signed(about) if about else None,
        "signedRenewalInfo": store.signed_renewal(line) if line else None,
        "status": store.status(line) if line else None,
        "consumptionRequestReason": reason,
    }
    told = {
        "notificationType": type_,
        "subtype": subtype,
        "notificationUUID": str(uuid.uuid4()),
        "version": "2.0",
        "signedDate": store.moment(),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    made = Notification(
        uuid=str(told["notificationUUID"]),
        type=type_,
        subtype=subtype,
        environment=place,
        transaction_id=about.id if about else None,
        signed_at=store.state.last_moment,
        made_at=store.real_time(),
        signed_payload=sign(store.chain, told),
        attempts=[Attempt(at=store.now(), result="NO_RESPONSE")] if store.loses else [],
        next_attempt_at=None if store.loses else store.now(),
    )
    store.state.notifications.append(made)
    return made
