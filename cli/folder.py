"""The folder of a drama: which files are episodes, in which order, with which numbers."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cli.errors import Failure

HIGHEST_NUMBER = 2000  # the API takes no higher one
CONTENT_TYPES = {
    ".3gp": "video/3gpp",
    ".avi": "video/x-msvideo",
    ".flv": "video/x-flv",
    ".m2ts": "video/mp2t",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".mpeg": "video/mpeg",
    ".mpg": "video/mpeg",
    ".mts": "video/mp2t",
    ".mxf": "application/mxf",
    ".ts": "video/mp2t",
    ".webm": "video/webm",
    ".wmv": "video/x-ms-wmv",
}
_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class VideoFile:
    """A file that is an episode."""

    number: int
    path: Path


@dataclass(frozen=True)
class Plan:
    """Every file with its number, and whether the numbers stand in the names."""

    files: list[VideoFile]
    from_names: bool


def plan(folder: Path, recorded: Mapping[int, str]) -> Plan:
    """Number the files of a folder.

    A file that was numbered before keeps its number, also with another extension. The others
    take theirs from their names, or, if the names do not give each its own, the next in order.

    Args:
        folder: where the files are; folders in it are left alone.
        recorded: the file names that have numbers from an earlier run.

    Raises:
        Failure: there are no files, or they cannot be told apart, or one is empty.
    """
    names = _names(folder)
    found = numbers([Path(name).stem for name in names])
    known = _known(names, recorded)
    after = max(recorded, default=0)
    given: dict[int, str] = {number: name for name, number in known.items()}
    for place, name in enumerate(names):
        if name in known:
            continue
        after += 1
        number = found[place] if found else after
        if number in given:
            raise Failure(f"{given[number]} and {name} would both be episode {number}.")
        given[number] = name
    if max(given) > HIGHEST_NUMBER:
        raise Failure(f"A drama has at most {HIGHEST_NUMBER} episodes.")
    files = [VideoFile(number, folder / name) for number, name in sorted(given.items())]
    return Plan(files, from_names=found is not None)


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise Failure(f"{folder} is not a folder.")
    videos = [
        one
        for one in folder.iterdir()
        if one.suffix.lower() in CONTENT_TYPES and not one.name.startswith(".") and one.is_file()
    ]
    if not videos:
        raise Failure(
            f"There is no video in {folder}.",
            advice=f"Episodes are files that end in {', '.join(sorted(CONTENT_TYPES))}.",
        )
    empty = sorted(one.name for one in videos if one.stat().st_size == 0)
    if empty:
        raise Failure(f"Empty: {', '.join(empty)}.", advice="Copy or export it again.")
    names = sorted((one.name for one in videos), key=natural)
    for name, other in pairwise(names):
        if Path(name).stem == Path(other).stem:
            raise Failure(
                f"{name} and {other} look like the same episode.",
                advice="Move the one that is not meant out of the folder.",
            )
    return names


def _known(names: Sequence[str], recorded: Mapping[int, str]) -> dict[str, int]:
    by_stem = {Path(name).stem: number for number, name in recorded.items()}
    stems = {name: Path(name).stem for name in names}
    return {name: by_stem[stem] for name, stem in stems.items() if stem in by_stem}


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a sort key under which numbers in names count as numbers: ep2 before ep10."""
    pieces = _DIGITS.split(Path(name).stem.casefold())
    return [int(one) if place % 2 else one for place, one in enumerate(pieces)], name


def numbers(stems: Sequence[str]) -> list[int] | None:
    """Return the episode number that stands in each name, or None if it is not clear.

    It is clear when the names hold equally many numbers, and at exactly one place a number
    differs between all of them (`S01E01`, `S01E02`; `ep 1 1080p`, `ep 2 1080p`).
    """
    rows = [[int(digits) for digits in _DIGITS.findall(stem)] for stem in stems]
    if len({len(row) for row in rows}) != 1:
        return None
    columns = [list(column) for column in zip(*rows, strict=True)]
    distinct = [column for column in columns if len(set(column)) == len(column)]
    if len(distinct) != 1 or not all(1 <= one <= HIGHEST_NUMBER for one in distinct[0]):
        return None
    return distinct[0]


def sha256(path: Path) -> str:
    """Return the digest of a file, in hex, without ever holding all of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
