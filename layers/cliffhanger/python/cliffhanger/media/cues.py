"""Caption files: WebVTT and SubRip read strictly, and written as one kind of WebVTT.

A reader that passes over what it does not understand loses lines that somebody translated. So
whatever is wrong is told with its line, and nothing is left out but styles, notes and regions.
Sources: W3C WebVTT, section 4 (file structure); SubRip as its editors write it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cliffhanger.errors import PayloadError

Format = Literal["vtt", "srt"]

MOST_CUES = 5000
_TOLD = 20  # faults at once; a file in another format has one on every line

_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*?))?\s*$")
_SETTING = re.compile(r"^(vertical|line|position|size|align):[A-Za-z0-9.,%-]{1,40}$")
_PASSED_OVER = ("NOTE", "STYLE", "REGION")
_TAG = re.compile(r"<[^<>]*>?|\{\\[^{}]*\}")
_KEPT_TAG = re.compile(r"</?[biu]>")


class Unreadable(Exception):  # noqa: N818 - it is told to the studio
    """A caption file with faults, each with its line."""

    def __init__(self, faults: list[PayloadError]) -> None:
        """Take what is wrong."""
        super().__init__(f"{len(faults)} faults")
        self.faults = faults[:_TOLD]


@dataclass(frozen=True)
class Cue:
    """Some words on the screen, from `start_ms` to `end_ms`. `settings` place them."""

    start_ms: int
    end_ms: int
    text: str
    settings: str = ""


@dataclass(frozen=True)
class _Block:
    """Lines between empty lines; `line` is the number of the first."""

    line: int
    lines: tuple[str, ...]


def read(text: str, kind: Format) -> list[Cue]:
    """Return the cues of a caption file, by their start.

    Raises:
        Unreadable: it is not what it should be; every fault has its line.
    """
    blocks = list(_blocks(text))
    faults: list[PayloadError] = []
    cues: list[Cue] = []
    if kind == "vtt":
        if not blocks or not re.match(r"^WEBVTT(?:[ \t]|$)", blocks[0].lines[0]):
            raise Unreadable([_fault(1, "no_signature", "A WebVTT file begins with WEBVTT.")])
        blocks = blocks[1:]  # the signature, with the header lines below it
    for block in blocks:
        if kind == "vtt" and block.lines[0].split(maxsplit=1)[0] in _PASSED_OVER:
            continue
        found = _cue(block)
        if isinstance(found, PayloadError):
            faults.append(found)
        elif found:
            cues.append(found)
    if not faults and not cues:
        faults = [_fault(1, "no_cues", "There are no captions in this file.")]
    if len(cues) > MOST_CUES:
        detail = f"There are {len(cues)} captions, and a file takes {MOST_CUES}."
        faults = [_fault(1, "too_many_cues", detail)]
    if faults:
        raise Unreadable(faults)
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def write(cues: list[Cue]) -> str:
    """Return cues as WebVTT for one segment that begins with the video (RFC 8216, 3.5)."""
    head = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"
    return "\n".join([head, *(_written(cue) for cue in cues)])


def _written(cue: Cue) -> str:
    settings = f" {cue.settings}" if cue.settings else ""
    return f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}{settings}\n{cue.text}\n"


def _blocks(text: str) -> Iterator[_Block]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    held: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            held.append(line)
        elif held:
            yield _Block(number - len(held), tuple(held))
            held = []


def _cue(block: _Block) -> Cue | PayloadError | None:
    """Return the cue of a block, or what is wrong with it. The line above its times is its name."""
    place = next((at for at, line in enumerate(block.lines[:2]) if "-->" in line), None)
    if place is None:
        return _fault(block.line, "no_times", "A caption has its times, `start --> end`.")
    line = block.line + place
    timing = _TIMING.match(block.lines[place])
    if timing is None:
        detail = "Write the times as 00:01:02.500 --> 00:01:04.000."
        return _fault(line, "times_unreadable", detail)
    start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:8])
    if end <= start:
        return _fault(line, "ends_before_it_starts", "A caption ends after it starts.")
    spoken = block.lines[place + 1 :]
    if any("-->" in one for one in spoken):
        detail = "Leave an empty line between two captions."
        return _fault(line, "captions_run_together", detail)
    settings = [one for one in (timing[9] or "").split() if _SETTING.match(one)]
    words = "\n".join(kept for one in spoken if (kept := _plain(one)))
    return Cue(start, end, words, " ".join(settings)) if words else None


def _plain(line: str) -> str:
    """Keep words and their weight. Any other mark-up is a player's, and no two agree on it."""
    kept = _TAG.sub(lambda tag: tag[0] if _KEPT_TAG.fullmatch(tag[0]) else "", line).strip()
    return kept if _TAG.sub("", kept).strip() else ""


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _fault(line: int, code: str, detail: str) -> PayloadError:
    return PayloadError(pointer="/text", code=code, detail=f"Line {line}: {detail}")
