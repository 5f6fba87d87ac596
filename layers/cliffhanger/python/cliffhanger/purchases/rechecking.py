"""The sweep that asks the stores about what they told nothing of: see `rechecks` for when.

What it finds takes the same path as a notification, and its report counts it as repaired. A run
is short; what it does not get to is still due in the next one.
"""

import time
from typing import get_args

from cliffhanger import clock, correlation, dynamo
from cliffhanger.errors import InternalError
from cliffhanger.log import logger
from cliffhanger.purchases import applying, asking, due_items, rechecks, records, reports
from cliffhanger.purchases.errors import PurchaseNotVerified, StoreRefused, StoreUnavailable
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.reports import BEHIND, BEHIND_AFTER, Report, Source
from cliffhanger.purchases.store import OneTimePurchase, Store, Subscription
from cliffhanger.tables import DUE

_SECONDS = 20.0
"""For each store; after that no look begins. The function has a minute."""


def run() -> Report:
    """Ask each store about what is due. A report is kept when there is something to tell."""
    now = clock.now()
    found = {rechecks.kind(store): _ask_about_due(store) for store in get_args(Store)}
    report = Report(at=now, sources=found)
    if any(source.repairs or source.problem for source in found.values()):
        reports.keep(report)
    return report


def _ask_about_due(store: Store) -> Source:
    """Ask one store. At its first failure to answer it is left alone until the next run."""
    source, end = Source(), time.monotonic() + _SECONDS
    for item in due_items.each(rechecks.kind(store)):
        if time.monotonic() > end:
            break
        if not source.seen and item[DUE.sort_key] < clock.iso(clock.now() - BEHIND_AFTER):
            source.problem = BEHIND
        source.seen += 1
        try:
            with correlation.of(item.get(correlation.FIELD)):
                _recheck(item, source)
        except (StoreUnavailable, StoreRefused, InternalError) as problem:
            problem.count()
            source.problem = source.problem or problem.code
            break
        except Exception:  # noqa: BLE001 - logged, and named in the report
            logger().exception("not rechecked", place=item["pk"])
            source.problem = InternalError.code
    return source


def _recheck(item: dynamo.Item, source: Source) -> None:
    """Ask about one purchase. It is put off before, in case that this is not survived."""
    table, soon = records.table(), clock.iso(clock.now() + records.LATER)
    known = due_items.read(item) if dynamo.put_off(table, item, soon) else None
    if known is None:
        return  # something else was told of it meanwhile
    done = known
    try:
        done = applying.apply(_ask(known), token=known.token)
    except PurchaseNotVerified:  # the store knows it no more
        logger().info("store does not know a purchase", purchase_id=known.id)
    if done.version == known.version:  # nothing was written, so nothing made it due again
        at = known.recheck_at
        dynamo.put_off(table, item | {DUE.sort_key: soon}, clock.iso(at) if at else None)
    if applying.standing(done) != applying.standing(known):
        source.note(f"{known.state} {known.id}")


def _ask(known: Record | Line) -> OneTimePurchase | Subscription:
    if isinstance(known, Line) and known.store == "apple":
        return asking.apple_subscription(known.line_id, known.environment)
    token = known.token or ""  # what has none is never due: see `recheck_at`
    if isinstance(known, Record):
        return asking.google_pack(token)
    return asking.google_subscription(token)
