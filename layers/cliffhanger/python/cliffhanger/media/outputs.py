"""The files that a job has written: every one that the master playlist leads to must be there.

A generation is served for a year without another look, so it is looked at once, before it is ready.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cliffhanger.media.folder import Folder
from cliffhanger.media.job_settings import POSTER, THUMBNAIL, THUMBNAIL_EVERY_SECONDS
from cliffhanger.media.keys import MASTER
from cliffhanger.media.models import Asset

if TYPE_CHECKING:
    from m3u8 import M3U8

THUMBNAILS = "thumbnails.vtt"


class Incomplete(Exception):  # noqa: N818 - it becomes the asset's error
    """Something that the playlists lead to is not there."""


@dataclass(frozen=True)
class Outputs:
    """What a viewer gets beside the video."""

    poster: str | None


def check(asset: Asset) -> Outputs:
    """Look at every file of a generation, and write the list of its thumbnails.

    It costs one listing for each thousand files, and one read for each playlist.

    Raises:
        Incomplete: a playlist, a segment or a rung is missing or empty.
    """
    import m3u8  # noqa: PLC0415 - seventy milliseconds, once a transcoding

    folder = Folder.of(asset)
    there = folder.sizes()
    _require(there, {MASTER})
    master = m3u8.loads(folder.read(MASTER))
    sizes = {one.stream_info.resolution for one in master.playlists}
    for rung in asset.renditions:
        if (rung.width, rung.height) not in sizes:
            raise Incomplete(f"the rung {rung.name} is not in the master playlist")
    for name in _playlists(master):
        _require(there, {name})
        playlist = m3u8.loads(folder.read(name))
        if not playlist.segments or not playlist.is_endlist:
            raise Incomplete(f"{name} is not whole")
        _require(there, set(_files(playlist)))
    thumbnails = _pictures(there, THUMBNAIL)
    if thumbnails:
        folder.write(THUMBNAILS, _thumbnail_list(thumbnails))
    posters = _pictures(there, POSTER)
    return Outputs(poster=posters[-1] if posters else None)  # the first is frame 0, often black


def _require(there: dict[str, int], names: set[str]) -> None:
    missing = sorted(name for name in names if not there.get(name))
    if missing:
        raise Incomplete(f"missing or empty: {', '.join(missing[:5])}")


def _playlists(master: "M3U8") -> Iterator[str]:
    for variant in master.playlists:
        yield str(variant.uri)
    for media in master.media:
        if media.uri:
            yield str(media.uri)


def _files(playlist: "M3U8") -> Iterator[str]:
    for segment in playlist.segments:
        yield str(segment.uri)
        if segment.init_section:
            yield str(segment.init_section.uri)


def _pictures(there: dict[str, int], stem: str) -> list[str]:
    return sorted(name for name in there if re.fullmatch(rf"{stem}\.\d+\.jpg", name))


def _thumbnail_list(names: list[str]) -> str:
    """Return a WebVTT file in which each cue is a picture: players show it above their seek bar."""
    cues = [
        f"{_clock(place)} --> {_clock(place + 1)}\n{name}\n" for place, name in enumerate(names)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(place: int) -> str:
    seconds = place * THUMBNAIL_EVERY_SECONDS
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
