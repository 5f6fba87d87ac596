"""Ids: a short prefix that says what it is, and a ULID that sorts by time."""

from typing import Annotated

from pydantic import StringConstraints
from ulid import ULID

_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"

DramaId = Annotated[str, StringConstraints(pattern=f"^drm_{_ULID}$")]
EpisodeId = Annotated[str, StringConstraints(pattern=f"^ep_{_ULID}$")]
UploadId = Annotated[str, StringConstraints(pattern=f"^upl_{_ULID}$")]
AssetId = Annotated[str, StringConstraints(pattern=f"^ast_{_ULID}$")]
ViewerId = Annotated[str, StringConstraints(pattern=f"^vwr_{_ULID}$")]


def new(prefix: str) -> str:
    """Return a fresh id, such as `drm_01J...` for the prefix `drm`."""
    return f"{prefix}_{ULID()}"
