"""Reports: what a run of the reconciler saw, and what it repaired.

| pk | sk | item |
|---|---|---|
| RECONCILED | RUN#2026-...#google | what a run found and repaired; goes after a year |
"""

from datetime import datetime, timedelta

from pydantic import Field

from cliffhanger import clock, dynamo
from cliffhanger.model import Model
from cliffhanger.purchases import records
from cliffhanger.tables import SK, TTL

PK = "RECONCILED"
_RUN = "RUN#"
_MOST_SOURCES = 8
_KEPT = timedelta(days=365)
_NAMED = 100  # a report is one item

SKIPPED = "skipped"
"""The problem of a source in which something could not be done, and was gone past."""
BEHIND = "behind"
"""The problem of a source that is more than a day late."""
BEHIND_AFTER = timedelta(days=1)


class Source(Model):
    """What a run found in one source."""

    seen: int = 0
    repairs: int = 0
    repaired: list[str] = Field(default=[], description="The first hundred of them, by name.")
    skips: int = 0
    skipped: list[str] = Field(default=[], description="What could not be done: a hundred names.")
    problem: str | None = None

    def note(self, what: str) -> None:
        """Count something that was repaired."""
        self.repairs += 1
        if len(self.repaired) < _NAMED:
            self.repaired.append(what)

    def skip(self, what: str) -> None:
        """Count something that could not be done."""
        self.skips += 1
        if len(self.skipped) < _NAMED:
            self.skipped.append(what)
        self.problem = SKIPPED


class Report(Model):
    """What a run found. `repaired` names what we had not heard, or had otherwise."""

    at: datetime
    sources: dict[str, Source]


def latest(table: str, limit: int) -> list[Report]:
    """Return the reports of the latest runs, the newest first. Who only reads needs no stage."""
    # The last sort key comes first, and there the few sources stand before the runs.
    found, _ = dynamo.page(table, None, PK, limit=limit + _MOST_SOURCES)
    runs = [one for one in found if one[SK].startswith(_RUN)]
    return [Report.model_validate(one) for one in runs[:limit]]


def keep(report: Report) -> None:
    """Keep a report for a year."""
    # Each source has runs of its own, and they may begin in the same moment.
    run = f"{_RUN}{clock.iso(report.at)}#{'+'.join(report.sources)}"
    item = dynamo.key(PK, run) | report.model_dump(mode="json")
    item |= {TTL: int((report.at + _KEPT).timestamp())}
    dynamo.write(dynamo.put(records.table(), item))
