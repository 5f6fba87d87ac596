"""Ids: a short prefix that says what it is, and a ULID that sorts by time."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated

from pydantic import StringConstraints
from ulid import ULID

_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"

DramaId = Annotated[str, StringConstraints(pattern=f"^drm_{_ULID}$")]
EpisodeId = Annotated[str, StringConstraints(pattern=f"^ep_{_ULID}$")]
UploadId = Annotated[str, StringConstraints(pattern=f"^upl_{_ULID}$")]
AssetId = Annotated[str, StringConstraints(pattern=f"^ast_{_ULID}$")]
ViewerId = Annotated[str, StringConstraints(pattern=f"^vwr_{_ULID}$")]
SessionId = Annotated[str, StringConstraints(pattern=f"^ses_{_ULID}$")]


def new(prefix: str) -> str:
    """Return a fresh id, such as `drm_01J...` for the prefix `drm`."""
    return f"{prefix}_{ULID()}"


def moment(made: str) -> datetime:
    """Return when an id was made, in UTC: the first 48 bits of a ULID are its time.

    They reach beyond the year 9999; what a client made up of such a time is as late as can be.
    """
    ulid = ULID.from_str(made.rpartition("_")[2])
    try:
        return ulid.datetime
    except (OverflowError, ValueError):
        return datetime.max.replace(tzinfo=UTC)


def derived(prefix: str, origin: str, *parts: str) -> str:
    """Return the same id for the same origin and parts, with the origin's time in it."""
    digest = hashlib.sha256("\n".join((origin, *parts)).encode()).digest()
    time = ULID.from_str(origin.rpartition("_")[2]).bytes[:6]
    return f"{prefix}_{ULID(time + digest[:10])}"
