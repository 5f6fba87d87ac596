"""One picture output, as an ffmpeg filter branch and encoder arguments. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

# Speed over size on a developer's machine; MediaConvert's own encoder is far better at both.
PRESET = "ultrafast"
PROFILES = {"BASELINE": "baseline", "MAIN": "main", "HIGH": "high"}
DEFAULT_QUALITY = 7
DEFAULT_GOP_SECONDS = 2.0


@dataclass(frozen=True)
class Picture:
    """A `VideoDescription` with its final size in pixels and its frame rate."""

    settings: dict[str, Any]
    width: int
    height: int
    frame_rate: Fraction


def size(video: dict[str, Any], source: tuple[int, int]) -> tuple[int, int]:
    """The output's size: what is asked for, else the source's, scaled evenly; always even."""
    source_width, source_height = source
    width: float = video.get("Width", 0)
    height: float = video.get("Height", 0)
    if not width and not height:
        width, height = source
    elif not width:
        width = source_width * height / source_height
    elif not height:
        height = source_height * width / source_width
    return 2 * round(width / 2), 2 * round(height / 2)


def branch(picture: Picture) -> str:
    """The filters from the split source to this output."""
    wide, high = picture.width, picture.height
    match picture.settings.get("ScalingBehavior", "DEFAULT"):
        case "STRETCH_TO_OUTPUT":
            scale = [f"scale={wide}:{high}"]
        case "FILL":
            scale = [
                f"scale={wide}:{high}:force_original_aspect_ratio=increase",
                f"crop={wide}:{high}",
            ]
        case _:
            scale = [
                f"scale={wide}:{high}:force_original_aspect_ratio=decrease",
                f"pad={wide}:{high}:-1:-1",
            ]
    if picture.settings["CodecSettings"]["Codec"] == "FRAME_CAPTURE":
        every = _seconds_between_captures(picture)
        first = rf"select=isnan(prev_selected_t)+gte(t-prev_selected_t\,{every})"
        return ",".join([first, *scale, "setsar=1"])
    return ",".join([f"fps={picture.frame_rate}", *scale, "setsar=1", "format=yuv420p"])


def h264_arguments(picture: Picture, threads: int) -> list[str]:
    """libx264 with MediaConvert's rate control and its closed GOPs."""
    h264 = picture.settings["CodecSettings"]["H264Settings"]
    profile = PROFILES[h264.get("CodecProfile", "MAIN")]
    level = h264.get("CodecLevel", "AUTO")
    gop = gop_seconds(h264, picture.frame_rate)
    # `ultrafast` leaves out what makes a stream High: without this it would say Baseline.
    features = {"high": "cabac=1:8x8dct=1", "main": "cabac=1"}.get(profile, "cabac=0")
    return [
        *("-c:v", "libx264", "-preset", PRESET, "-profile:v", profile),
        *(() if level == "AUTO" else ("-level:v", level.removeprefix("LEVEL_").replace("_", "."))),
        *_rate_control(h264),
        *("-g", str(round(gop * picture.frame_rate) * 2), "-sc_threshold", "0"),
        *("-force_key_frames", f"expr:gte(t,n_forced*{gop:g})"),
        *("-x264-params", f"{features}:open-gop=0"),
        *("-threads", str(threads)),
    ]


def capture_arguments(picture: Picture) -> list[str]:
    """JPEG frames: MediaConvert's quality 1-100 on ffmpeg's scale, which runs from 31 to 2."""
    capture = picture.settings["CodecSettings"].get("FrameCaptureSettings") or {}
    quality = capture.get("Quality", 80)
    return [
        *("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-strict", "unofficial"),
        *("-q:v", str(round(31 - (quality - 1) * 29 / 99)), "-fps_mode", "passthrough"),
        *("-frames:v", str(capture.get("MaxCaptures", 10_000_000))),
    ]


def crf(quality: int, fine_tune: float = 0.0) -> float:
    """A QVBR quality level as x264's constant rate factor: 10 is 18, 7 is 24, 1 is 36."""
    return 38 - 2 * (quality + fine_tune)


def gop_seconds(h264: dict[str, Any], frame_rate: Fraction) -> float:
    """The GOP in seconds; where MediaConvert would choose for itself, two."""
    match h264.get("GopSizeUnits", "AUTO"):
        case "SECONDS":
            return float(h264["GopSize"])
        case "FRAMES":
            return float(h264["GopSize"] / frame_rate)
        case _:
            return DEFAULT_GOP_SECONDS


def _rate_control(h264: dict[str, Any]) -> list[str]:
    if h264["RateControlMode"] == "QVBR":
        qvbr = h264.get("QvbrSettings") or {}
        level = qvbr.get("QvbrQualityLevel", DEFAULT_QUALITY)
        peak = h264["MaxBitrate"]
        rate = ["-crf", f"{crf(level, qvbr.get('QvbrQualityLevelFineTune', 0.0)):g}"]
    else:
        peak = h264.get("MaxBitrate", h264["Bitrate"])
        rate = ["-b:v", str(h264["Bitrate"])]
    # One second of buffer: no two-second segment is then far above the peak rate.
    return [*rate, "-maxrate", str(peak), "-bufsize", str(h264.get("HrdBufferSize", peak))]


def _seconds_between_captures(picture: Picture) -> str:
    capture = picture.settings["CodecSettings"].get("FrameCaptureSettings") or {}
    numerator = capture.get("FramerateNumerator", 1)
    return f"{capture.get('FramerateDenominator', 1) / numerator:g}"
