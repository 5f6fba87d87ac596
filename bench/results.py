"""The results: kept as JSON beside the table, so that a run of some rows leaves the others."""

import json
from collections.abc import Iterable
from pathlib import Path

from bench.row import Line, Result
from local.layout import ROOT

FOLDER = ROOT / "bench"
KEPT = FOLDER / "results.json"
TABLE = FOLDER / "RESULTS.md"

_HEAD = """# Results

`make bench` measures all of it and writes this file; `make bench ROWS=cold,warm` measures some rows
and leaves the others as they were. Times are CPU time, taken in turn with their baseline in the
same run: the ratio is what counts, the milliseconds are of this machine alone. A ratio is of the
minimums. Each row says when and where it was measured.
"""


def load() -> dict[str, Result]:
    """Return what was measured before, by row."""
    if not KEPT.exists():
        return {}
    kept = json.loads(KEPT.read_text())
    return {name: Result.of_document(one) for name, one in kept.items()}


def save(results: dict[str, Result], order: Iterable[str]) -> None:
    """Write the results and their table, in the order of the rows."""
    known = [results[name] for name in order if name in results]
    documents = {one.name: one.document() for one in known}
    KEPT.write_text(json.dumps(documents, indent=1) + "\n")
    TABLE.write_text(rendered(known))


def rendered(results: Iterable[Result]) -> str:
    """Return the whole table."""
    return "\n".join([_HEAD, *(_section(one) for one in results)])


def _section(result: Result) -> str:
    lines = [
        f"## {result.title}",
        "",
        f"`{result.command}` at {result.measured_at}, {result.seconds} s, {result.machine}",
        "",
        "| What | Measured | Baseline | Ratio | Goal | Met |",
        "|---|---|---|---|---|---|",
        *(_cells(line) for line in result.lines),
        "",
        result.reading,
        "",
    ]
    return "\n".join(lines)


def _cells(line: Line) -> str:
    met = {True: "yes", False: "**no**", None: ""}[line.met]
    cells = (line.what, line.measured, line.baseline, line.ratio, line.goal, met)
    return f"| {' | '.join(cells)} |"


def path_of(row: str) -> Path:
    """Return a folder in which a row may leave what it makes."""
    folder = ROOT / ".bench" / "work" / row
    folder.mkdir(parents=True, exist_ok=True)
    return folder
