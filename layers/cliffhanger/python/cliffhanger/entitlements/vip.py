"""VIP: the viewer's item has a line for each subscription of theirs that may still count.

| pk | sk | item |
|---|---|---|
| vwr_... | VIEWER | `line_<key>` for each line of purchases, of either store and environment |

Whoever decides what is open needs the viewer too, so it is one item to read and not two.
The lines are written by purchases, in the transaction that moves a subscription forward. What was
bought in a store's sandbox opens episodes like any other and is never counted as revenue.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from cliffhanger import dynamo
from cliffhanger.identity import viewers
from cliffhanger.model import Model
from cliffhanger.purchases.store import Environment, Store, SubscriptionState

_LINE = "line_"
_OPENS: tuple[SubscriptionState, ...] = ("active", "grace")


class Following(Model):
    """What a subscription opens once what runs has ended: it is paid for already."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    expires_at: datetime | None
    opens: tuple[str, ...] | None


class VipLine(Model):
    """A subscription as far as it decides what is open."""

    model_config = ConfigDict(frozen=True)

    store: Store
    environment: Environment
    product_id: str = Field(description="The studio's own slug.")
    state: SubscriptionState
    expires_at: datetime | None
    auto_renews: bool
    opens: tuple[str, ...] | None = Field(description="Dramas; None is all of them.")
    then: Following | None = Field(default=None, description="From `expires_at` on.")

    def at(self, now: datetime) -> "VipLine":
        """Return it as it is at a moment: what follows has taken over by then, or not yet."""
        if self.then is None or self.expires_at is None or self.expires_at > now:
            return self
        return self.model_copy(update={**dict(self.then), "state": "active", "then": None})

    def is_active(self, now: datetime) -> bool:
        """Whether it opens anything now. One that was canceled does so until it expires."""
        one = self.at(now)
        return one.state in _OPENS and (one.expires_at is None or one.expires_at > now)

    def covers(self, drama_id: str, now: datetime) -> bool:
        """Whether it opens this drama now."""
        opens = self.at(now).opens
        return self.is_active(now) and (opens is None or drama_id in opens)


def line_key(store: Store, environment: Environment, line_id: str) -> str:
    """Return a short name for a line: the same for the same line, for ever."""
    return hashlib.sha256(f"{store}\n{environment}\n{line_id}".encode()).hexdigest()[:16]


def put_line(viewer_id: str, key: str, line: VipLine) -> dynamo.Write:
    """Return the write that sets a viewer's line. Its order is the caller's condition to keep.

    It fails for a guest who has joined an account: read again whose the line is.
    """
    return dynamo.update(
        *viewers.place(viewer_id),
        f"SET #{_LINE}{key} = :line",
        condition="attribute_not_exists(#merged_into)",
        line=_stored(line),
    )


def drop_line(viewer_id: str, key: str, *, seen: VipLine | None = None) -> dynamo.Write:
    """Return the write that takes a line from a viewer. It fails when the line is not there.

    Args:
        viewer_id: whose it was.
        key: the line.
        seen: fail also when it is not as it was seen.
    """
    name = f"#{_LINE}{key}"
    at, change = viewers.place(viewer_id), f"REMOVE {name}"
    if seen is None:
        return dynamo.update(*at, change, condition=f"attribute_exists({name})")
    return dynamo.update(*at, change, condition=f"{name} = :seen", seen=_stored(seen))


def _stored(line: VipLine) -> dict[str, Any]:
    """Return how a line stands in the item. Hardly any has something to follow."""
    return line.model_dump(mode="json", exclude=None if line.then else {"then"})


def lines(item: Mapping[str, Any] | None) -> Iterator[VipLine]:
    """Yield the lines of a viewer's item that was read."""
    for _, line in keyed(item):
        yield line


def keyed(item: Mapping[str, Any] | None) -> Iterator[tuple[str, VipLine]]:
    """Yield the lines of a viewer's item that was read, each with its key."""
    for name, held in (item or {}).items():
        if name.startswith(_LINE):
            yield name.removeprefix(_LINE), VipLine.model_validate(held)
