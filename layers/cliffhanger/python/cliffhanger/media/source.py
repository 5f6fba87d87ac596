"""What an upload turned out to be, and whether it can be encoded.

It is read from MediaConvert's Probe, so that bad input is turned away before a job is paid for.
"""

from collections.abc import Mapping
from typing import Any, Literal

from cliffhanger.model import Model

Rotation = Literal[0, 90, 180, 270]
RejectionCode = Literal[
    "not_media",
    "no_video",
    "unsupported_codec",
    "high_dynamic_range",
    "truncated",
    "too_long",
    "too_small",
    "size_mismatch",
    "checksum_mismatch",
]

# Of the codec names that Probe knows, those that MediaConvert decodes as video input.
# https://docs.aws.amazon.com/mediaconvert/latest/ug/reference-codecs-containers-input.html
VIDEO_CODECS = frozenset(
    [
        "AV1",
        "AVC",
        "DV",
        "H263",
        "HEVC",
        "JPEG2000",
        "MJPEG",
        "MPEG1",
        "MP4V",
        "MPEG2",
        "PRORES",
        "QTRLE",
        "UNCOMPRESSED",
        "VC1",
        "VC3",
        "VP8",
        "VP9",
    ]
)
# A cover is a video track too: one picture in a codec of pictures, with no frame rate to speak of.
_COVER_CODECS = {"MJPEG", "UNKNOWN"}
_MAX_FRAME_RATE = 1000
# How Probe names the transfer functions of PQ and of HLG.
_HDR = {"SMPTE_2084": "HDR10", "ARIB_B67": "HLG"}
# Tracks may state their length with a little rounding; a file cut off in transit is well beyond.
TRUNCATION_FACTOR = 1.5


class Source(Model, frozen=True):
    """An input that can be read.

    `display_width` and `display_height` are in square pixels, after rotation: what a viewer
    would see. `width` and `height` are those of the track. `rotation` is clockwise, in degrees.
    `size` is in bytes. `audio_stream` counts among all tracks, from 1: it is the first audio track
    that can be decoded, and None where that is simply the first.
    """

    container: str
    duration_seconds: float
    width: int
    height: int
    rotation: Rotation
    display_width: int
    display_height: int
    video_codec: str
    frame_rate: float
    audio_tracks: int
    audio_stream: int | None = None
    size: int


class Rejection(Model, frozen=True):
    """Why an input is turned away: a stable `code`, and a `detail` that says what to do."""

    code: RejectionCode
    detail: str


NOT_MEDIA = Rejection(
    code="not_media",
    detail="This file is not a video that can be read. Export the episode as MP4 or MOV "
    "and upload that.",
)
NO_VIDEO = Rejection(
    code="no_video",
    detail="This file has no picture, only sound or data. Check that the export includes "
    "the video track.",
)
TRUNCATED = Rejection(
    code="truncated",
    detail="This file is damaged or ends too early. Check that it plays to the end on your "
    "machine, export it again if it does not, and upload it again.",
)


SIZE_MISMATCH = Rejection(
    code="size_mismatch",
    detail="The file that arrived has another size than was declared. Wait until its export has "
    "ended, and upload it again.",
)
CHECKSUM_MISMATCH = Rejection(
    code="checksum_mismatch",
    detail="The file changed on its way: its checksum is not the one that was declared. Upload "
    "it again.",
)


def refused_probe(error_code: str) -> Rejection | None:
    """What an error answer of Probe says about the file itself.

    Args:
        error_code: the exception's name, `error.response["Error"]["Code"]` of botocore.

    Returns:
        None where the error says nothing about the file (throttling, permissions, a lost
        object): try again, or report it. The model of the API calls a file that was recognized
        but is malformed an UnprocessableEntityException; one it cannot recognize at all is a
        bad request.
    """
    return {"BadRequestException": NOT_MEDIA, "UnprocessableEntityException": TRUNCATED}.get(
        error_code
    )


def read_probe(response: Mapping[str, Any]) -> Source | Rejection:
    """Read a Probe answer for one file.

    Args:
        response: the answer of the API as boto3 gives it (`ProbeResults[0].Container`, its
            `Tracks`, and `Metadata.FileSize`). MediaConvert leaves `Rotation` out when it is 0.
    """
    results = response.get("ProbeResults") or [{}]
    container = results[0].get("Container") or {}
    tracks = container.get("Tracks") or []
    if not tracks:
        return TRUNCATED if container.get("Format") else NOT_MEDIA
    video = _picture(tracks)
    if video is None:
        return NO_VIDEO
    audio = [track for track in tracks if track.get("TrackType") == "audio"]
    sound = next((track for track in audio if _codec(track) != "UNKNOWN"), None)
    refused = _unsupported_codec(video, audio, sound) or _high_dynamic_range(video)
    if refused:
        return refused

    properties = video.get("VideoProperties") or {}
    width, height = properties.get("Width") or 0, properties.get("Height") or 0
    duration = container.get("Duration") or video.get("Duration") or 0.0
    size = (results[0].get("Metadata") or {}).get("FileSize") or 0
    if not (duration > 0 and width and height) or _is_cut_off(tracks, size):
        return TRUNCATED
    rotation = _rotation(properties)
    display_width, display_height = _displayed(width, height, rotation, properties)
    return Source(
        container=container.get("Format", "unknown"),
        duration_seconds=duration,
        width=width,
        height=height,
        rotation=rotation,
        display_width=display_width,
        display_height=display_height,
        video_codec=video["Codec"],
        frame_rate=_fraction(properties.get("FrameRate"), default=0.0),
        audio_tracks=len(audio),
        audio_stream=sound.get("Index") if sound and sound is not audio[0] else None,
        size=size,
    )


def _codec(track: Mapping[str, Any]) -> str:
    return track.get("Codec") or "UNKNOWN"


def _picture(tracks: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The track that viewers see: the first that can be decoded, and no cover."""
    moving = [one for one in tracks if one.get("TrackType") == "video" and not _is_cover(one)]
    usable = [one for one in moving if _codec(one) in VIDEO_CODECS]
    return next(iter(usable or moving), None)


def _is_cover(track: Mapping[str, Any]) -> bool:
    rate = _fraction((track.get("VideoProperties") or {}).get("FrameRate"), default=0.0)
    return _codec(track) in _COVER_CODECS and not 0 < rate < _MAX_FRAME_RATE


def arrived_otherwise(
    source: Source, *, size: int, checksum: str | None, arrived_checksum: str | None
) -> Rejection | None:
    """Whether what arrived is not what was declared; None when it is.

    Args:
        source: what `read_probe` found. A size of 0 is one that Probe did not tell.
        size: the declared size, in bytes.
        checksum: the declared CRC-64/NVME of the file in base64, if one was declared.
        arrived_checksum: the same of what arrived, where the storage has computed it.
    """
    if source.size not in {0, size}:
        return SIZE_MISMATCH
    if checksum and arrived_checksum and checksum != arrived_checksum:
        return CHECKSUM_MISMATCH
    return None


def examine(
    source: Source, *, max_duration_seconds: float, min_short_side: int
) -> Rejection | None:
    """Whether a readable source is within the limits of the stage; None when it is.

    Args:
        source: what `read_probe` found.
        max_duration_seconds: the longest episode that the stage takes.
        min_short_side: the short side of the lowest rung, in pixels: nothing is scaled up.
    """
    if source.duration_seconds > max_duration_seconds:
        return Rejection(
            code="too_long",
            detail=f"This video is {_clock(source.duration_seconds)} long, and an episode may "
            f"last {_clock(max_duration_seconds)}. Cut it into shorter episodes.",
        )
    if min(source.display_width, source.display_height) < min_short_side:
        return Rejection(
            code="too_small",
            detail=f"This video is {source.display_width}x{source.display_height} pixels, and "
            f"its short side must be at least {min_short_side}. Export it in its original size.",
        )
    return None


def _high_dynamic_range(video: Mapping[str, Any]) -> Rejection | None:
    transfer = (video.get("VideoProperties") or {}).get("TransferCharacteristics")
    if transfer not in _HDR:
        return None
    return Rejection(
        code="high_dynamic_range",
        detail=f"This video is in high dynamic range ({_HDR[transfer]}), and viewers are sent "
        "standard dynamic range. Export it in SDR (Rec. 709), so that its colors are yours.",
    )


def _unsupported_codec(
    video: Mapping[str, Any], audio: list[Mapping[str, Any]], sound: Mapping[str, Any] | None
) -> Rejection | None:
    codec = _codec(video)
    if codec not in VIDEO_CODECS:
        kind, name, wanted = "picture", codec, "H.264, H.265 or ProRes"
    # One audio track goes into the job; a phone may add another in a format of its own.
    elif audio and sound is None:
        kind, name, wanted = "sound", "UNKNOWN", "AAC or PCM"
    else:
        return None
    known = "a format that is not known" if name == "UNKNOWN" else name
    return Rejection(
        code="unsupported_codec",
        detail=f"The {kind} of this file is in {known}, which cannot be encoded. Export it "
        f"again with {wanted}.",
    )


def _is_cut_off(tracks: list[Mapping[str, Any]], size: int) -> bool:
    """Whether the tracks declare far more bytes than the file has (its index came first)."""
    declared = sum(
        ((track.get(f"{kind}Properties") or {}).get("BitRate") or 0)
        * (track.get("Duration") or 0.0)
        / 8
        for track in tracks
        for kind in ("Video", "Audio")
    )
    return size > 0 and declared > size * TRUNCATION_FACTOR


def _rotation(properties: Mapping[str, Any]) -> Rotation:
    match (properties.get("Rotation") or 0) % 360:
        case 90:
            return 90
        case 180:
            return 180
        case 270:
            return 270
        case _:  # MediaConvert's Rotate AUTO does nothing at any other angle.
            return 0


def _displayed(
    width: int, height: int, rotation: Rotation, properties: Mapping[str, Any]
) -> tuple[int, int]:
    wide = round(width * _fraction(properties.get("SampleAspectRatio"), default=1.0))
    return (height, wide) if rotation in (90, 270) else (wide, height)


def _fraction(value: Mapping[str, int] | None, *, default: float) -> float:
    if not value or not value.get("Numerator") or not value.get("Denominator"):
        return default
    return value["Numerator"] / value["Denominator"]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
