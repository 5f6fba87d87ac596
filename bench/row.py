"""A row of the table of results: its lines, and what they mean in words."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure. `met` is None where there is no goal to meet."""

    what: str
    measured: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement. `measure` is told how to show progress and returns the lines.

    `reading` says in words how it was measured and what the figures mean.
    """

    name: str
    title: str
    measure: Callable[[Progress], Sequence[Line]]
    reading: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a row gave, when, and on what machine."""

    name: str
    title: str
    reading: str
    command: str
    measured_at: str
    machine: str
    seconds: int
    lines: list[Line]

    def document(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def of_document(cls, kept: dict[str, Any]) -> "Result":
        """Read it back."""
        return cls(**kept | {"lines": [Line(**line) for line in kept["lines"]]})


def against(measured: float, baseline: float, goal: float) -> dict[str, Any]:
    """Return ratio, goal and verdict of a line whose goal is a share of its baseline."""
    ratio = measured / baseline
    return {"ratio": f"{ratio:.2f}", "goal": f"at most {goal:g}", "met": ratio <= goal}


def at_most(measured: float, goal: float, unit: str) -> dict[str, Any]:
    """Return goal and verdict of a line whose goal is a figure."""
    return {"goal": f"at most {goal:g} {unit}", "met": measured <= goal}
