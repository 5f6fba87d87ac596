"""Whom a purchase is for: `appAccountToken` is the viewer's ULID, written as a UUID."""

import uuid
from datetime import datetime, timedelta

from ulid import ULID

from cliffhanger import ids
from cliffhanger.ids import ViewerId

_PREFIX = "vwr_"
_CLOCKS = timedelta(days=1)
"""How far Apple's clock and ours may differ, by far."""


def account_token(viewer_id: ViewerId) -> str:
    """Return the UUID that an app gives to the store with a purchase of this viewer."""
    return str(uuid.UUID(bytes=ULID.from_str(viewer_id.removeprefix(_PREFIX)).bytes))


def viewer_of(token: str | None) -> ViewerId | None:
    """Return the viewer that a token names, who need not exist; None when it is no UUID."""
    try:
        return f"{_PREFIX}{ULID(uuid.UUID(token).bytes)}" if token else None
    except ValueError:
        return None


def bound_to(token: str | None, told_at: datetime) -> ViewerId | None:
    """Return the viewer to whom a token binds a purchase; None when it can be no viewer of ours.

    A viewer's id bears the moment it was made, and no app could name a viewer who was not made yet.
    The random UUID of another backend has a time far ahead, but for one in 150. Bound to nobody,
    the purchase is of whoever claims it, as where an app gave no token.

    Args:
        token: the `appAccountToken`.
        told_at: when Apple signed it.
    """
    viewer_id = viewer_of(token)
    if viewer_id is None or ids.moment(viewer_id) > told_at + _CLOCKS:
        return None
    return viewer_id
