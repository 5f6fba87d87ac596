"""An episode's source and renditions, turned into the `Settings` of MediaConvert's CreateJob.

One pure function: what a job costs and looks like is decided here and nowhere else. The job
stays in MediaConvert's Basic price tier: H.264 in a single pass, no acceleration.
"""

import math
from collections.abc import Sequence
from typing import Any

from cliffhanger.media.ladder import Rendition
from cliffhanger.media.source import Source

MASTER = "index"
POSTER = "poster"
THUMBNAIL = "thumbnail"
AUDIO_SELECTOR = "Audio Selector 1"
AUDIO_GROUP = "audio"
AUDIO_BITRATE = 128_000
# Level 4.2, the highest that every phone decodes, holds 1080x1920 at 60 frames a second.
MAX_FRAME_RATE = 60
POSTER_MAX_WIDTH = 720
POSTER_EVERY_SECONDS = 2
THUMBNAIL_MAX_WIDTH = 180
THUMBNAIL_EVERY_SECONDS = 5


def job_settings(
    source: Source,
    renditions: Sequence[Rendition],
    *,
    input_uri: str,
    destination_uri: str,
    segment_seconds: int,
) -> dict[str, Any]:
    """The `Settings` of CreateJob for one episode.

    Args:
        source: the probed input.
        renditions: what `ladder.renditions` chose for it, the largest first.
        input_uri: the upload, `s3://bucket/key`.
        destination_uri: the prefix of this generation, `s3://bucket/prefix/`. The job writes
            `index.m3u8`, `index_<rung>.m3u8`, `index_audio.m3u8`, their segments, and posters
            `poster.<n>.jpg` and `thumbnail.<n>.jpg`. The last poster is the one to show: the
            first is frame 0, which in a drama is often black.
        segment_seconds: the length of a segment; each starts with an IDR.

    Returns:
        A dict in the shape of botocore's `JobSettings`. There is one audio output, and none
        when the source is silent.

    Raises:
        ValueError: no rendition, or a destination that is no prefix.
    """
    if not renditions:
        raise ValueError("a job needs at least one rendition")
    if not destination_uri.endswith("/"):
        raise ValueError(f"the destination is a prefix and ends in a slash: {destination_uri}")
    gop_seconds = 2 if segment_seconds % 2 == 0 else 1
    has_audio = source.audio_tracks > 0
    outputs = [_video(source, rendition, gop_seconds, has_audio) for rendition in renditions]
    if has_audio:
        outputs.append(_audio())
    return {
        "TimecodeConfig": {"Source": "ZEROBASED"},
        "Inputs": [_input(input_uri, source)],
        "OutputGroups": [
            _cmaf_group(outputs, f"{destination_uri}{MASTER}", segment_seconds, gop_seconds),
            _pictures_group(
                "Poster",
                renditions[0],
                f"{destination_uri}{POSTER}",
                max_width=POSTER_MAX_WIDTH,
                every_seconds=POSTER_EVERY_SECONDS,
                most=2,
            ),
            _pictures_group(
                "Thumbnails",
                renditions[0],
                f"{destination_uri}{THUMBNAIL}",
                max_width=THUMBNAIL_MAX_WIDTH,
                every_seconds=THUMBNAIL_EVERY_SECONDS,
                most=math.ceil(source.duration_seconds / THUMBNAIL_EVERY_SECONDS),
            ),
        ],
    }


def _input(input_uri: str, source: Source) -> dict[str, Any]:
    # A track that the service does not know may or may not count as an audio track; as a stream
    # of the file it counts for sure.
    chosen: dict[str, Any] = {"SelectorType": "TRACK", "Tracks": [1]}
    if source.audio_stream:
        chosen = {"SelectorType": "STREAM", "Streams": [source.audio_stream]}
    selectors = {AUDIO_SELECTOR: {"DefaultSelection": "DEFAULT", **chosen}}
    return {
        "FileInput": input_uri,
        "TimecodeSource": "ZEROBASED",
        # The default is no rotation at all, even where the file asks for it.
        "VideoSelector": {"Rotate": "AUTO"},
        **({"AudioSelectors": selectors} if source.audio_tracks else {}),
    }


def _cmaf_group(
    outputs: list[dict[str, Any]], destination: str, segment_seconds: int, gop_seconds: int
) -> dict[str, Any]:
    return {
        "Name": "CMAF",
        "Outputs": outputs,
        "OutputGroupSettings": {
            "Type": "CMAF_GROUP_SETTINGS",
            "CmafGroupSettings": {
                "Destination": destination,
                "SegmentControl": "SEGMENTED_FILES",
                "SegmentLength": segment_seconds,
                # At 29.97 frames a second no IDR falls on a whole second: follow the GOPs
                # rather than add frames of their own at the exact second.
                "SegmentLengthControl": "GOP_MULTIPLE",
                "FragmentLength": gop_seconds,
                "WriteHlsManifest": "ENABLED",
                "WriteDashManifest": "DISABLED",
                "CodecSpecification": "RFC_6381",
                "ManifestDurationFormat": "FLOATING_POINT",
                "StreamInfResolution": "INCLUDE",
            },
        },
    }


def _video(
    source: Source, rendition: Rendition, gop_seconds: int, has_audio: bool
) -> dict[str, Any]:
    cmfc = {"AudioRenditionSets": AUDIO_GROUP} if has_audio else {}
    return {
        "NameModifier": f"_{rendition.name}",
        "ContainerSettings": {"Container": "CMFC", "CmfcSettings": cmfc},
        "VideoDescription": {
            "Width": rendition.width,
            "Height": rendition.height,
            # The aspect is kept but for one pixel of rounding: crop that, no bars, no stretch.
            "ScalingBehavior": "FILL",
            "CodecSettings": {
                "Codec": "H_264",
                "H264Settings": _h264(source, rendition, gop_seconds),
            },
        },
    }


def _h264(source: Source, rendition: Rendition, gop_seconds: int) -> dict[str, Any]:
    frame_rate: dict[str, Any] = {"FramerateControl": "INITIALIZE_FROM_SOURCE"}
    if source.frame_rate > MAX_FRAME_RATE:  # slow motion of a phone: 120 or 240
        frame_rate = {
            "FramerateControl": "SPECIFIED",
            "FramerateNumerator": MAX_FRAME_RATE,
            "FramerateDenominator": 1,
            "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        }
    return {
        "RateControlMode": "QVBR",
        "MaxBitrate": rendition.max_bitrate,
        "QvbrSettings": {"QvbrQualityLevel": rendition.quality},
        "QualityTuningLevel": "SINGLE_PASS_HQ",
        "SceneChangeDetect": "TRANSITION_DETECTION",
        "CodecProfile": "HIGH",
        "CodecLevel": "AUTO",
        "GopSize": float(gop_seconds),
        "GopSizeUnits": "SECONDS",
        "GopClosedCadence": 1,
        "InterlaceMode": "PROGRESSIVE",
        "ParControl": "SPECIFIED",
        "ParNumerator": 1,
        "ParDenominator": 1,
        **frame_rate,
    }


def _audio() -> dict[str, Any]:
    return {
        "NameModifier": f"_{AUDIO_GROUP}",
        "ContainerSettings": {
            "Container": "CMFC",
            "CmfcSettings": {
                "AudioGroupId": AUDIO_GROUP,
                "AudioTrackType": "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
            },
        },
        "AudioDescriptions": [
            {
                "AudioSourceName": AUDIO_SELECTOR,
                "LanguageCodeControl": "FOLLOW_INPUT",
                "CodecSettings": {
                    "Codec": "AAC",
                    "AacSettings": {
                        "Bitrate": AUDIO_BITRATE,
                        "CodecProfile": "LC",
                        "CodingMode": "CODING_MODE_2_0",
                        "RateControlMode": "CBR",
                        "SampleRate": 48_000,
                    },
                },
            }
        ],
    }


def _pictures_group(
    name: str,
    largest: Rendition,
    destination: str,
    *,
    max_width: int,
    every_seconds: int,
    most: int,
) -> dict[str, Any]:
    width = min(largest.width, max_width)
    return {
        "Name": name,
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": [
            {
                "ContainerSettings": {"Container": "RAW"},
                "Extension": "jpg",
                "VideoDescription": {
                    "Width": width,
                    "Height": 2 * round(largest.height * width / largest.width / 2),
                    "ScalingBehavior": "FILL",
                    "CodecSettings": {
                        "Codec": "FRAME_CAPTURE",
                        "FrameCaptureSettings": {
                            "FramerateNumerator": 1,
                            "FramerateDenominator": every_seconds,
                            "MaxCaptures": most,
                            "Quality": 80,
                        },
                    },
                },
            }
        ],
    }
