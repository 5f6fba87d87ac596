"""Reconciliation: what the stores told and we did not hear is found, and takes the same path.

| pk | sk | item |
|---|---|---|
| RECONCILED | apple#Production | until when a source has been looked through |
| RECONCILED | RUN#2026-... | what a run found and repaired; goes after a year |

Each run looks back over the last day once more: a source may be late itself.
"""

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from pydantic import Field

from cliffhanger import clock, dynamo
from cliffhanger.errors import InternalError, Problem
from cliffhanger.log import logger
from cliffhanger.model import Model
from cliffhanger.purchases import coins, lines, notices, records, settling, subscriptions
from cliffhanger.purchases.apple import verify
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.answers import hashed
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from cliffhanger.tables import SK, TTL

_PK = "RECONCILED"
_RUN = "RUN#"
_MOST_SOURCES = 8
_OVERLAP = timedelta(days=1)
_FIRST = timedelta(days=29)  # Google's list of voided purchases reaches back thirty days
_KEPT = timedelta(days=365)
_NAMED = 100  # a report is one item


class Source(Model):
    """What a run found in one source."""

    seen: int = 0
    repairs: int = 0
    repaired: list[str] = Field(default=[], description="The first hundred of them, by name.")
    problem: str | None = None

    def note(self, what: str) -> None:
        """Count something that was repaired."""
        self.repairs += 1
        if len(self.repaired) < _NAMED:
            self.repaired.append(what)


class Report(Model):
    """What a run found. `repaired` names what we had not heard, or had otherwise."""

    at: datetime
    sources: dict[str, Source]


def run() -> Report:
    """Look through every source since the last run and repair what was missed.

    A source that cannot be asked does not stop the others, and is asked from the same place on the
    next time.
    """
    now = clock.now()
    sources: dict[str, Source] = {}
    for name, look in _sources():
        source = sources[name] = Source()
        try:
            look(_since(name, now), now, source)
        except Problem as problem:
            source.problem = problem.code
        except Exception:  # noqa: BLE001 - logged, and named in the report
            logger().exception("not reconciled", source=name)
            source.problem = InternalError.code
        else:
            _passed(name, now)
    report = Report(at=now, sources=sources)
    _keep(report)
    return report


def latest(table: str, limit: int) -> list[Report]:
    """Return the reports of the latest runs, the newest first. Who only reads needs no stage."""
    # The last sort key comes first, and there the few sources stand before the runs.
    found, _ = dynamo.page(table, None, _PK, limit=limit + _MOST_SOURCES)
    runs = [one for one in found if one[SK].startswith(_RUN)]
    return [Report.model_validate(one) for one in runs[:limit]]


def _sources() -> Iterable[tuple[str, Callable[[datetime, datetime, Source], None]]]:
    for environment in verify.environments():
        yield f"apple#{environment}", partial(_apple, environment)
    yield "google", _google


def _apple(of: AppleEnvironment, since: datetime, now: datetime, source: Source) -> None:
    from cliffhanger.purchases.apple import server_api  # noqa: PLC0415

    for read in server_api.notification_history(of, since, now):
        source.seen += 1
        if notices.from_apple(read) != "repeated":
            source.note(f"{read.type} {read.uuid}")


def _google(since: datetime, _now: datetime, source: Source) -> None:
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    for voided in api.voided(since):
        source.seen += 1
        token = voided["purchaseToken"]
        with contextlib.suppress(PurchaseNotVerified):  # Google has forgotten it by now
            if _read_again(token):
                source.note(f"voided {hashed(token)[:16]}")


def _read_again(token: str) -> bool:
    """Bring a voided purchase in line with what Google says now; whether that changed anything."""
    told = _read(token)
    before = _standing(told)
    if isinstance(told, OneTimePurchase):
        done: Record | Line = coins.apply(told, token=token)
    else:
        done = subscriptions.apply(told, token=token)
    settling.settle(done)
    return _standing(told) != before


def _read(token: str) -> OneTimePurchase | Subscription:
    """Read a token of either kind: the list of voided purchases does not say which it is."""
    try:
        return notices.read_from_google(token, one_time=True)
    except PurchaseNotVerified:
        return notices.read_from_google(token, one_time=False)


def _standing(told: OneTimePurchase | Subscription) -> tuple[object, ...] | None:
    if isinstance(told, OneTimePurchase):
        record = records.find(told)
        return (record.state, record.taken) if record else None
    line = lines.find(told.store, told.environment, told.line_id)
    return (line.state, line.ends_at, line.period_id) if line else None


def _since(name: str, now: datetime) -> datetime:
    found = dynamo.get(records.table(), dynamo.key(_PK, name), consistent=True)
    return datetime.fromisoformat(found["until"]) - _OVERLAP if found else now - _FIRST


def _passed(name: str, now: datetime) -> None:
    item = dynamo.key(_PK, name) | {"until": clock.iso(now)}
    dynamo.write(dynamo.put(records.table(), item))


def _keep(report: Report) -> None:
    item = dynamo.key(_PK, f"{_RUN}{clock.iso(report.at)}") | report.model_dump(mode="json")
    item |= {TTL: int((report.at + _KEPT).timestamp())}
    dynamo.write(dynamo.put(records.table(), item))
