"""What a job writes: its output groups and their tracks, with final names and sizes. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from local.mediaconvert.inspection import Media
from local.mediaconvert.pictures import size
from local.mediaconvert.validation import DEFAULT_SEGMENT_LENGTH


@dataclass(frozen=True)
class Track:
    """One output: its file stem (`index_1080p`), its settings, and the picture's size if any."""

    kind: Literal["video", "audio", "captions", "frames"]
    stem: str
    settings: dict[str, Any]
    width: int = 0
    height: int = 0
    frame_rate: Fraction = Fraction(0)


@dataclass(frozen=True)
class Group:
    """One output group: `folder` in the scratch space goes to the `s3://` prefix `uri`."""

    kind: Literal["CMAF_GROUP", "FILE_GROUP"]
    folder: Path
    uri: str
    base: str
    tracks: tuple[Track, ...]
    segment_seconds: int = DEFAULT_SEGMENT_LENGTH


def group_of(group: dict[str, Any], job_input: dict[str, Any], media: Media, folder: Path) -> Group:
    """A group of the settings, with the tracks that the input can give.

    Args:
        group: one of `OutputGroups`, in the model's names.
        job_input: the job's one input.
        media: what ffprobe found in it. Without audio, an audio output is left out.
        folder: the group's folder in the scratch space.
    """
    settings = group["OutputGroupSettings"]
    cmaf = settings["Type"] == "CMAF_GROUP_SETTINGS"
    inner = settings["CmafGroupSettings" if cmaf else "FileGroupSettings"]
    prefix, _, base = inner["Destination"].rpartition("/")
    if not base:  # a destination without a base name takes the input's
        base = Path(job_input["FileInput"]).stem
    tracks = (_track(output, base, media, job_input) for output in group["Outputs"])
    return Group(
        kind="CMAF_GROUP" if cmaf else "FILE_GROUP",
        folder=folder,
        uri=f"{prefix}/",
        base=base,
        tracks=tuple(track for track in tracks if track),
        segment_seconds=inner.get("SegmentLength", DEFAULT_SEGMENT_LENGTH),
    )


def _track(
    output: dict[str, Any], base: str, media: Media, job_input: dict[str, Any]
) -> Track | None:
    stem = base + output.get("NameModifier", "")
    if video := output.get("VideoDescription"):
        assert media.video is not None  # the runner refuses an input without a picture
        width, height = size(video, media.video.display_size)
        codec = video["CodecSettings"]
        h264 = codec.get("H264Settings") or {}
        rate = media.video.frame_rate
        if h264.get("FramerateControl") == "SPECIFIED":
            rate = Fraction(h264["FramerateNumerator"], h264["FramerateDenominator"])
        kind: Literal["video", "frames"] = "video" if codec["Codec"] == "H_264" else "frames"
        return Track(kind, stem, output, width, height, rate)
    if audio := output.get("AudioDescriptions"):
        chosen = audio_track(job_input, audio[0]["AudioSourceName"], media)
        return Track("audio", stem, output) if chosen is not None else None
    return Track("captions", stem, output)


def audio_track(job_input: dict[str, Any], selector: str, media: Media) -> int | None:
    """The audio track that a selector takes, counted from 0; None where there is no such one."""
    chosen = job_input["AudioSelectors"][selector]
    if chosen.get("SelectorType") == "STREAM":  # counted among all tracks, from 1
        indexes = [track.index + 1 for track in media.audio]
        stream = chosen["Streams"][0]
        return indexes.index(stream) if stream in indexes else None
    place: int = (chosen.get("Tracks") or [1])[0] - 1
    return place if place < len(media.audio) else None
