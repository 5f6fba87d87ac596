"""What the functions write to their log, as Lambda would get it: every line, log and metrics."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from cliffhanger.metrics import Metric

Written = Callable[[], list[str]]
"""The lines since this was asked last."""

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"


class Now:
    """The output as it is when something is written: pytest changes it from phase to phase."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def told(lines: list[str]) -> list[dict[str, Any]]:
    """The log lines, read."""
    return [one for one in map(json.loads, lines) if "_aws" not in one]


def emitted(lines: list[str]) -> list[dict[str, Any]]:
    """The lines that are metrics, read."""
    return [one for one in map(json.loads, lines) if "_aws" in one]


def totals(lines: list[str]) -> dict[Metric, float]:
    """What was counted, all together: the sum of each metric."""
    found: dict[Metric, float] = {}
    for one in emitted(lines):
        for name in names(one):
            found[Metric(name)] = found.get(Metric(name), 0) + sum(one[name])
    return found


def names(line: Mapping[str, Any]) -> list[str]:
    """The metrics of a line."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    return [one["Name"] for one in directive["Metrics"]]
