"""The rules of CreateJob that the model does not hold, and what the stand-in cannot do.

The rules are MediaConvert's: a job that breaks one would be refused by AWS too. The limits are
ours: a setting that the stand-in does not honour is refused by name, never ignored.
"""

from collections.abc import Iterator
from typing import Any

from local.mediaconvert.errors import BadRequest

GROUP_SETTINGS = {
    "CMAF_GROUP_SETTINGS": "CmafGroupSettings",
    "FILE_GROUP_SETTINGS": "FileGroupSettings",
}
# MediaConvert's own defaults for a CMAF group, in seconds.
DEFAULT_SEGMENT_LENGTH, DEFAULT_FRAGMENT_LENGTH = 10, 2


def check(request: dict[str, Any]) -> None:
    """Refuse a CreateJob request that MediaConvert, or this stand-in, cannot run.

    Args:
        request: in the model's names, already held against the model.

    Raises:
        BadRequest: with every breach, each with its path.
    """
    problems = list(_job_problems(request))
    if problems:
        raise BadRequest("; ".join(problems[:10]))


def _job_problems(request: dict[str, Any]) -> Iterator[str]:
    if not request["Role"].startswith("arn:aws:iam::"):
        yield "/role: should be the ARN of an IAM role"
    token = request.get("ClientRequestToken", "")
    if len(token) > 64 or not token.isascii():
        yield "/clientRequestToken: should be at most 64 ASCII characters"
    for name in ("JobTemplate", "AccelerationSettings", "HopDestinations"):
        if request.get(name):
            yield f"/{name}: the local stand-in does not do this"
    settings = request["Settings"]
    inputs, groups = settings.get("Inputs") or [], settings.get("OutputGroups") or []
    if not inputs or not groups:
        yield "/settings: needs at least one of inputs and one of outputGroups"
        return
    if len(inputs) > 1:
        yield "/settings/inputs: the local stand-in takes one input"
    if not inputs[0].get("FileInput", "").startswith("s3://"):
        yield "/settings/inputs/0/fileInput: is required, and the local stand-in reads s3:// only"
    for index, group in enumerate(groups):
        yield from _group_problems(group, inputs[0], f"/settings/outputGroups/{index}")
    codecs = [_video_codec(output) for group in groups for output in group.get("Outputs") or []]
    if all(codec == "FRAME_CAPTURE" for codec in codecs):
        yield "/settings/outputGroups: a frame capture cannot be alone in a job"


def _group_problems(group: dict[str, Any], source: dict[str, Any], path: str) -> Iterator[str]:
    settings, outputs = group.get("OutputGroupSettings") or {}, group.get("Outputs") or []
    kind = settings.get("Type")
    if kind not in GROUP_SETTINGS:
        yield f"{path}/outputGroupSettings/type: the local stand-in does not do {kind}"
        return
    inner = settings.get(GROUP_SETTINGS[kind]) or {}
    if not inner.get("Destination"):
        yield f"{path}: destination is a required property"
    if inner.get("DestinationSettings") or group.get("AutomatedEncodingSettings"):
        yield f"{path}: the local stand-in has no destination or automated encoding settings"
    if not outputs:
        yield f"{path}/outputs: needs at least one output"
    modifiers = [output.get("NameModifier") for output in outputs]
    if len(outputs) > 1 and (None in modifiers or len(set(modifiers)) < len(modifiers)):
        yield f"{path}/outputs: each output needs a nameModifier of its own"
    if kind == "CMAF_GROUP_SETTINGS":
        yield from _cmaf_problems(inner, outputs, path)
    for index, output in enumerate(outputs):
        yield from _output_problems(output, source, kind, f"{path}/outputs/{index}")


def _cmaf_problems(
    inner: dict[str, Any], outputs: list[dict[str, Any]], path: str
) -> Iterator[str]:
    segment = inner.get("SegmentLength", DEFAULT_SEGMENT_LENGTH)
    fragment = inner.get("FragmentLength", DEFAULT_FRAGMENT_LENGTH)
    if segment % fragment:
        yield f"{path}: segmentLength {segment} is no multiple of fragmentLength {fragment}"
    for wanted in (("WriteHlsManifest", "ENABLED"), ("WriteDashManifest", "DISABLED")):
        if inner.get(wanted[0], "ENABLED") != wanted[1]:
            yield f"{path}: the local stand-in does only {wanted[0]} {wanted[1]}"
    if inner.get("SegmentControl", "SINGLE_FILE") != "SEGMENTED_FILES":
        yield f"{path}: the local stand-in does only segmentControl SEGMENTED_FILES"
    for name in ("Encryption", "AdditionalManifests", "DashIFrameTrickPlayNameModifier", "BaseUrl"):
        if inner.get(name):
            yield f"{path}: the local stand-in does not do {name}"
    if inner.get("ImageBasedTrickPlay", "NONE") != "NONE":
        yield f"{path}: the local stand-in does no image based trick play"
    groups = {_cmfc(output).get("AudioGroupId") for output in outputs}
    for index, output in enumerate(outputs):
        asked = [name for name in _cmfc(output).get("AudioRenditionSets", "").split(",") if name]
        if not set(asked) <= groups:
            yield f"{path}/outputs/{index}: audioRenditionSets {asked} names no audio group"
        h264 = _h264(output)
        if h264.get("GopSizeUnits") == "SECONDS" and segment % h264.get("GopSize", segment):
            yield f"{path}/outputs/{index}: segmentLength {segment} is no multiple of the GOP"


def _output_problems(
    output: dict[str, Any], source: dict[str, Any], kind: str, path: str
) -> Iterator[str]:
    parts = ("VideoDescription", "AudioDescriptions", "CaptionDescriptions")
    present = [part for part in parts if output.get(part)]
    container = (output.get("ContainerSettings") or {}).get("Container")
    if output.get("Preset") or not present:
        yield f"{path}: needs settings of its own (the local stand-in has no presets)"
    if kind == "CMAF_GROUP_SETTINGS" and (len(present) > 1 or container != "CMFC"):
        yield f"{path}: a CMAF output is in CMFC and holds video, audio or captions alone"
    codec = _video_codec(output)
    if kind == "FILE_GROUP_SETTINGS" and (codec != "FRAME_CAPTURE" or container != "RAW"):
        yield f"{path}: the local stand-in writes only FRAME_CAPTURE in RAW to a file group"
    if kind == "CMAF_GROUP_SETTINGS" and codec not in (None, "H_264"):
        yield f"{path}: the local stand-in does not put {codec} into CMAF"
    scaling = (output.get("VideoDescription") or {}).get("ScalingBehavior", "DEFAULT")
    if scaling not in ("DEFAULT", "FILL", "STRETCH_TO_OUTPUT"):
        yield f"{path}: the local stand-in does not do scalingBehavior {scaling}"
    if codec == "H_264":
        yield from _h264_problems(output["VideoDescription"], _h264(output), path)
    for audio in output.get("AudioDescriptions") or []:
        selector = (source.get("AudioSelectors") or {}).get(audio.get("AudioSourceName"))
        if selector is None:
            yield f"{path}: audioSourceName {audio.get('AudioSourceName')!r} names no selector"
        elif selector.get("ExternalAudioFileInput") or (
            selector.get("SelectorType", "TRACK") not in ("TRACK", "STREAM")
        ):
            yield f"{path}: the local stand-in selects audio by TRACK or STREAM of the input only"
        if (audio.get("CodecSettings") or {}).get("Codec") != "AAC":
            yield f"{path}: the local stand-in encodes audio in AAC only"
    yield from _caption_problems(output, source, path)


def _h264_problems(video: dict[str, Any], h264: dict[str, Any], path: str) -> Iterator[str]:
    mode = h264.get("RateControlMode")
    if mode == "QVBR" and not h264.get("MaxBitrate"):
        yield f"{path}: maxBitrate is required with QVBR"
    if mode != "QVBR" and (mode is None or not h264.get("Bitrate")):
        yield f"{path}: rateControlMode is required, and bitrate with {mode or 'VBR and CBR'}"
    if mode != "QVBR" and h264.get("QvbrSettings"):
        yield f"{path}: qvbrSettings go with QVBR only"
    average = (h264.get("QvbrSettings") or {}).get("MaxAverageBitrate")
    if average and h264.get("QualityTuningLevel") != "MULTI_PASS_HQ":
        yield f"{path}: maxAverageBitrate goes with MULTI_PASS_HQ only"
    if any(video.get(side, 0) % 2 for side in ("Width", "Height")):
        yield f"{path}: width and height must be even for H.264 in 4:2:0"
    if h264.get("GopSizeUnits") in ("SECONDS", "FRAMES") and not h264.get("GopSize"):
        yield f"{path}: gopSize is required unless gopSizeUnits is AUTO"
    fraction = ("FramerateNumerator", "FramerateDenominator")
    if h264.get("FramerateControl") == "SPECIFIED" and not all(h264.get(n) for n in fraction):
        yield f"{path}: framerateControl SPECIFIED needs a numerator and a denominator"


def _caption_problems(output: dict[str, Any], source: dict[str, Any], path: str) -> Iterator[str]:
    for caption in output.get("CaptionDescriptions") or []:
        selector = (source.get("CaptionSelectors") or {}).get(caption.get("CaptionSelectorName"))
        if selector is None:
            yield f"{path}: captionSelectorName names no selector"
        elif not caption_file(selector):
            yield f"{path}: the local stand-in reads captions from an s3:// SRT or WebVTT file"
        if (caption.get("DestinationSettings") or {}).get("DestinationType") != "WEBVTT":
            yield f"{path}: the local stand-in writes captions as WEBVTT only"


def caption_file(selector: dict[str, Any]) -> str | None:
    """The s3:// URI of a sidecar caption file in SRT or WebVTT, else None."""
    settings = selector.get("SourceSettings") or {}
    file: str = (settings.get("FileSourceSettings") or {}).get("SourceFile", "")
    usable = settings.get("SourceType") in ("SRT", "WEBVTT") and file.startswith("s3://")
    return file if usable else None


def _video_codec(output: dict[str, Any]) -> str | None:
    codec: str | None = ((output.get("VideoDescription") or {}).get("CodecSettings") or {}).get(
        "Codec"
    )
    return codec


def _h264(output: dict[str, Any]) -> dict[str, Any]:
    codec = (output.get("VideoDescription") or {}).get("CodecSettings") or {}
    return codec.get("H264Settings") or {}


def _cmfc(output: dict[str, Any]) -> dict[str, Any]:
    return (output.get("ContainerSettings") or {}).get("CmfcSettings") or {}
