"""`python -m bench`: measure the rows, and write the table of results."""

import argparse
import importlib
import platform
import sys
import time
from datetime import UTC, datetime

from bench import results
from bench.clockwork import machine
from bench.row import Result, Row

ROWS = (
    "cold",
    "warm",
    "units",
    "logs",
    "apple",
    "path_token",
    "evening",
    "ladder",
    "sizes",
    "first_frame",
    "load",
    "batch",
)
"""Each is a module of this package with a `ROW`; it is imported when it is measured."""


def main() -> None:
    """Measure what is asked for. A row that fails leaves its old result, and the exit status."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--rows", default=",".join(ROWS), help="names, with commas between")
    wanted = arguments.parse_args().rows.split(",")
    unknown = sorted(set(wanted) - set(ROWS))
    if unknown:
        sys.exit(f"There is no row {', '.join(unknown)}. There are {', '.join(ROWS)}.")
    known = results.load()
    failed = []
    for name in (one for one in ROWS if one in wanted):
        try:
            known[name] = _measured(importlib.import_module(f"bench.{name}").ROW)
        except Exception as error:  # noqa: BLE001 - the other rows are still worth their time
            failed.append(name)
            _say(f"{name} failed: {error!r}")
        results.save(known, ROWS)
    missed = [
        f"{one.name}: {line.what}"
        for one in known.values()
        for line in one.lines
        if line.met is False
    ]
    _say(f"Written: {results.TABLE.name}. Goals missed: {len(missed)}.")
    for one in missed:
        _say(f"  {one}")
    sys.exit(f"These rows failed: {', '.join(failed)}" if failed else 0)


def _measured(row: Row) -> Result:
    started = time.monotonic()
    _say(f"== {row.title}")

    def progress(text: str) -> None:
        _say(f"   {time.monotonic() - started:5.0f} s  {text}")

    lines = list(row.measure(progress))
    for line in lines:
        _say(f"   {line.what}: {line.measured} {line.ratio}")
    return Result(
        name=row.name,
        title=row.title,
        reading=row.reading,
        command=f"make bench ROWS={row.name}",
        measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        machine=f"{machine()}, Python {platform.python_version()}",
        seconds=round(time.monotonic() - started),
        lines=lines,
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
