"""What a payload of Apple's own history bears: its name, and the purchase that it is about.

Nothing is verified by this. It is good for finding what we have of it, and for naming it.
"""

from dataclasses import dataclass
from typing import Any

from cliffhanger import base64url
from cliffhanger.purchases.apple.environments import neutral
from cliffhanger.purchases.apple.transactions import AUTO_RENEWABLE, CONSUMABLE
from cliffhanger.purchases.store import Environment


@dataclass(frozen=True)
class About:
    """A purchase: `id` is a subscription's line, or a coin pack's transaction."""

    environment: Environment
    id: str
    is_subscription: bool


@dataclass(frozen=True)
class Heading:
    """A notification; `about` is None where it is of nothing that is sold here."""

    uuid: str
    type: str
    about: About | None = None


def read(signed_payload: str) -> Heading | None:
    """Return what a payload bears; None where it has no name."""
    try:
        payload = base64url.unverified(signed_payload)
        uuid, kind = str(payload["notificationUUID"]), str(payload["notificationType"])
    except (ValueError, LookupError, TypeError):
        return None
    return Heading(uuid, kind, _about(payload))


def _about(payload: Any) -> About | None:
    try:
        told = base64url.unverified(payload["data"]["signedTransactionInfo"])
        environment = neutral(told["environment"])
        names = {CONSUMABLE: "transactionId", AUTO_RENEWABLE: "originalTransactionId"}
        return About(environment, str(told[names[told["type"]]]), told["type"] == AUTO_RENEWABLE)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
