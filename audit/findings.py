"""What a scanner finds, and what can become of a scan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that a scanner does not like.

    `place` is the same as long as the thing is: it names no line, and no secret.
    """

    rule: str
    place: str
    message: str = field(compare=False)


class ToolBroken(Exception):  # noqa: N818 - it says what happened
    """A scanner did not come to an end, or said what nobody understands. That is no clean bill."""


class NoSource(Exception):  # noqa: N818
    """A scanner cannot reach its source of advisories, so it knows nothing."""


@dataclass(frozen=True)
class Ran:
    """What a process left behind."""

    code: int
    out: str
    err: str


Run = Callable[[Sequence[str]], Ran]
"""Runs a command in the project's folder."""


@dataclass(frozen=True)
class Place:
    """Where an audit finds things. `assembly` has a folder of templates for each stage."""

    root: Path
    bin: Path
    assembly: Path


@dataclass(frozen=True)
class Tool:
    """A scanner. `scan` returns its findings, or raises ToolBroken or NoSource.

    `known` reads what is acknowledged elsewhere than in a file of this folder: rule and place.
    """

    name: str
    scan: Callable[[Place, Run], list[Finding]]
    known: Callable[[Place], set[tuple[str, str]]] | None = None
