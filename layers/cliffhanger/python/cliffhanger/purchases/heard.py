"""What a purchase has heard: the latest notifications that changed it, kept on its own item.

A notification is kept by the very write of its effect, on the item's version: so it has its effect
once, and that costs no item beside. An item keeps a few. One that it has forgotten is late by then:
it changes nothing of the item, and is kept in a note of its own, as `notes` says.
"""

import base64
import hashlib
from typing import Self

from pydantic import ConfigDict, Field

from cliffhanger import dynamo
from cliffhanger.model import Model

MOST = 6
"""The stores tell some three words of a pack, and of a subscription one or two in a period."""
_BYTES = 8  # of few on one item, no two are alike by chance
_FIELD = "heard"


class Repeated(Exception):  # noqa: N818 - no error: all of it was done before
    """The notification had its effect before; nothing was written."""


class Hearing(Model):
    """An item that knows the latest notifications that changed it."""

    model_config = ConfigDict(frozen=True)

    heard: tuple[str, ...] = Field(default=(), description="Their digests, the latest last.")

    def has_heard(self, notice_id: str | None) -> bool:
        """Whether this notification has changed it; None is no notification."""
        return notice_id is not None and _digest(notice_id) in self.heard

    @property
    def may_have_forgotten(self) -> bool:
        """Whether it has heard so many that it knows the latest of them alone."""
        return len(self.heard) == MOST

    def hearing(self, notice_id: str | None) -> Self:
        """Return it with this notification among what it has heard."""
        if notice_id is None:
            return self
        return self.model_copy(update={_FIELD: (*self.heard, _digest(notice_id))[-MOST:]})


def is_kept(item: dynamo.Item | None, notice_id: str) -> bool:
    """Whether an item of the table, of either kind, has heard this notification."""
    return item is not None and _digest(notice_id) in item.get(_FIELD, ())


def _digest(notice_id: str) -> str:
    short = hashlib.sha256(notice_id.encode()).digest()[:_BYTES]
    return base64.urlsafe_b64encode(short).decode().rstrip("=")
