"""VIP: one item for each viewer, with a line for each subscription that was ever theirs.

| pk | sk | item |
|---|---|---|
| vwr_... | VIP | `line_<key>` for each line of purchases, of either store and either environment |

The lines are written by purchases, in the transaction that moves a subscription forward. What was
bought in a store's sandbox opens episodes like any other and is never counted as revenue.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cliffhanger import dynamo
from cliffhanger.dynamo import Item
from cliffhanger.entitlements.settings import EntitlementSettings
from cliffhanger.purchases.store import Environment, Store, SubscriptionState
from cliffhanger.settings import load

_SK = "VIP"
_LINE = "line_"
_OPENS: tuple[SubscriptionState, ...] = ("active", "grace")


class VipLine(BaseModel):
    """A subscription as far as it decides what is open."""

    model_config = ConfigDict(frozen=True)

    store: Store
    environment: Environment
    product_id: str = Field(description="The studio's own slug.")
    state: SubscriptionState
    expires_at: datetime | None
    auto_renews: bool
    opens: tuple[str, ...] | None = Field(description="Dramas; None is all of them.")

    def is_active(self, now: datetime) -> bool:
        """Whether it opens anything now. One that was canceled does so until it expires."""
        return self.state in _OPENS and (self.expires_at is None or self.expires_at > now)

    def covers(self, drama_id: str, now: datetime) -> bool:
        """Whether it opens this drama now."""
        return self.is_active(now) and (self.opens is None or drama_id in self.opens)


def place(viewer_id: str) -> tuple[str, Item]:
    """Return table and key, for those who read it together with something else."""
    return load(EntitlementSettings).commerce_table, dynamo.key(viewer_id, _SK)


def line_key(store: Store, environment: Environment, line_id: str) -> str:
    """Return a short name for a line: the same for the same line, for ever."""
    return hashlib.sha256(f"{store}\n{environment}\n{line_id}".encode()).hexdigest()[:16]


def put_line(viewer_id: str, key: str, line: VipLine) -> dynamo.Write:
    """Return the write that sets a viewer's line. Its order is the caller's condition to keep."""
    name = f"{_LINE}{key}"
    held = line.model_dump(mode="json")
    return dynamo.update(*place(viewer_id), f"SET #{name} = :line", line=held)


def drop_line(viewer_id: str, key: str) -> dynamo.Write:
    """Return the write that takes a line from a viewer: it is another's now."""
    return dynamo.update(*place(viewer_id), f"REMOVE #{_LINE}{key}")


def lines(item: Mapping[str, Any] | None) -> Iterator[VipLine]:
    """Yield the lines of an item that was read."""
    for name, held in (item or {}).items():
        if name.startswith(_LINE):
            yield VipLine.model_validate(held)
