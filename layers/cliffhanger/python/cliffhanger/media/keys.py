"""Where files stand in the buckets. No part of a key comes from a client."""

import re

from cliffhanger.catalog.paths import generation_path

_SOURCE = re.compile(r"^sources/(ast_[0-9A-Z]{26})$")

MASTER = "index.m3u8"


def source_key(asset_id: str) -> str:
    """Return the key that an asset's file is uploaded to."""
    return f"sources/{asset_id}"


def asset_id_of(source_key: str) -> str | None:
    """Return the asset that an uploaded file belongs to, or None when the key is not of ours."""
    found = _SOURCE.match(source_key)
    return found[1] if found else None


def generation_prefix(drama_id: str, slot: int, generation: int) -> str:
    """Return the prefix of one generation in the media bucket."""
    return f"media/{generation_path(drama_id, slot, generation)}/"
