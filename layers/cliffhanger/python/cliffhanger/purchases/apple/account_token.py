"""Whom a purchase is for: `appAccountToken` is the viewer's ULID, written as a UUID."""

import uuid

from ulid import ULID

from cliffhanger.ids import ViewerId

_PREFIX = "vwr_"


def account_token(viewer_id: ViewerId) -> str:
    """Return the UUID that an app gives to the store with a purchase of this viewer."""
    return str(uuid.UUID(bytes=ULID.from_str(viewer_id.removeprefix(_PREFIX)).bytes))


def viewer_of(token: str | None) -> ViewerId | None:
    """Return the viewer that a token names, who need not exist; None when it is no UUID."""
    try:
        return f"{_PREFIX}{ULID(uuid.UUID(token).bytes)}" if token else None
    except ValueError:
        return None
