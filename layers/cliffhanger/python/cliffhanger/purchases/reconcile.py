"""Reconciliation: what the stores told and we did not hear is found, and takes the same path.

| pk | sk | item |
|---|---|---|
| RECONCILED | apple#Production | until when a source has been looked through |

Each run looks back over the last day once more: a source may be late itself.
"""

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from cliffhanger import clock, dynamo
from cliffhanger.errors import InternalError, Problem
from cliffhanger.log import logger
from cliffhanger.purchases import applying, lines, notices, records, reports
from cliffhanger.purchases.apple import verify
from cliffhanger.purchases.apple.settings import AppleEnvironment
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.answers import hashed
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.reports import Report, Source
from cliffhanger.purchases.store import OneTimePurchase, Subscription

_OVERLAP = timedelta(days=1)
_FIRST = timedelta(days=29)  # Google's list of voided purchases reaches back thirty days


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
    reports.keep(report)
    return report


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
    before = applying.standing(_known(told))
    return applying.standing(applying.apply(told, token=token)) != before


def _read(token: str) -> OneTimePurchase | Subscription:
    """Read a token of either kind: the list of voided purchases does not say which it is."""
    try:
        return notices.read_from_google(token, one_time=True)
    except PurchaseNotVerified:
        return notices.read_from_google(token, one_time=False)


def _known(told: OneTimePurchase | Subscription) -> Record | Line | None:
    if isinstance(told, OneTimePurchase):
        return records.find(told)
    return lines.find(told.store, told.environment, told.line_id)


def _since(name: str, now: datetime) -> datetime:
    found = dynamo.get(records.table(), dynamo.key(reports.PK, name), consistent=True)
    return datetime.fromisoformat(found["until"]) - _OVERLAP if found else now - _FIRST


def _passed(name: str, now: datetime) -> None:
    item = dynamo.key(reports.PK, name) | {"until": clock.iso(now)}
    dynamo.write(dynamo.put(records.table(), item))
