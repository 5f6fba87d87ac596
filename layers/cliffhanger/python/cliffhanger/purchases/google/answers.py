"""What one-time purchases and subscriptions have in common in Google's answers.

A value that Google has added since is taken as "no access" and told in the log, never refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from cliffhanger.ids import ViewerId
from cliffhanger.log import logger
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.store import Environment

Json = Mapping[str, Any]


def hashed(purchase_token: str) -> str:
    """Return what stands for a purchase token in our tables: its SHA-256, in hex."""
    return hashlib.sha256(purchase_token.encode()).hexdigest()


def moment(text: str | None) -> datetime | None:
    """Read one of Google's times (RFC 3339 in UTC, up to nine digits after the point)."""
    return datetime.fromisoformat(text) if text else None


def only(lines: Sequence[Json]) -> Json:
    """Return the line of an answer that has one.

    Raises:
        PurchaseNotVerified: it has none, or several.
    """
    if len(lines) == 1:
        return lines[0]
    logger().error("google's purchase has other lines than one", lines=len(lines))
    raise PurchaseNotVerified("several_products", "This purchase does not hold one product alone.")


def another_product() -> PurchaseNotVerified:
    """Return the refusal of a purchase that does not hold the product that an app names."""
    return PurchaseNotVerified(
        "another_product",
        "Google Play says that this purchase is of another product. Send the product_id of the"
        " purchase itself.",
    )


def environment(answer: Json, mark: str) -> Environment:
    """Return whether a tester bought it. The mark may be an empty object: it is there, or not."""
    return "sandbox" if answer.get(mark) is not None else "production"


def is_acknowledged(answer: Json) -> bool:
    """Return whether Google knows that we have granted it."""
    return bool(answer.get("acknowledgementState") == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED")


def viewer(account: str | None) -> str | None:
    """Return the account as one of our viewers; None where an app put something else there."""
    try:
        return TypeAdapter(ViewerId).validate_python(account)
    except ValidationError:
        return None


def unknown(field: str, value: object) -> Literal["pending"]:
    """Return the state that opens nothing and takes nothing back, and tell of the new value."""
    logger().warning("unknown value of google", field=field, value=value)
    return "pending"
