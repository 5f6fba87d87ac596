"""Reconciliation: what the stores told and we did not hear is found, and takes the same path.

A run is short and keeps what it has done page by page; the next one goes on there. See `passes`.
"""

import time
from collections.abc import Callable, Sequence

from cliffhanger import clock, dynamo
from cliffhanger.errors import Busy, InternalError, Problem
from cliffhanger.log import logger
from cliffhanger.purchases import listed, passes, reports
from cliffhanger.purchases.errors import StoreRefused, StoreUnavailable
from cliffhanger.purchases.listed import Entry, Page
from cliffhanger.purchases.passes import Pass, Progress
from cliffhanger.purchases.reports import BEHIND, BEHIND_AFTER, Report, Source

_SECONDS = 30.0
"""Of a run; after that nothing begins. The function has a minute, and a question may take half."""
_MOST_SKIPPED = 20
"""More of a pass that cannot be done, and more than half of it, is our own fault."""
_PATIENCE = 72
"""Runs, six hours of them. A store that lists a page and never answers about one of its entries has
a fault of its own in that one, and those behind it must not wait for ever."""
_OF_THE_STORE = (StoreUnavailable, StoreRefused)

Read = Callable[[Pass], Page]


def run(only: str | None = None, *, begin: bool = True) -> Report:
    """Look through the sources, and repair what was missed.

    A source that cannot be asked does not stop the others, and is asked from the same page on the
    next time.

    Args:
        only: the name of a source; when left out all of them, each for its share of the run.
        begin: whether a pass may begin; else those alone go on that have begun.

    Returns:
        What was found in each source that was looked through. It is kept, if there was one.
    """
    report = Report(at=clock.now(), sources={})
    wanted = {name: one for name, one in listed.sources().items() if only in (None, name)}
    for name, read in wanted.items():
        found = _look_through(name, read, begin=begin, seconds=_SECONDS / len(wanted))
        if found is not None:
            report.sources[name] = found
    if report.sources:
        reports.keep(report)
    return report


def _look_through(name: str, read: Read, *, begin: bool, seconds: float) -> Source | None:
    source, end = Source(), time.monotonic() + seconds
    try:
        progress = passes.read(name)
        if progress.going is None and not begin:
            return None
        _go_on(name, read, progress, source, end)
    except dynamo.ConditionFailed:
        logger().info("another run looks through it", source=name)
    except Problem as problem:
        source.problem = problem.code
    except Exception:  # noqa: BLE001 - logged, and named in the report
        logger().exception("not reconciled", source=name)
        source.problem = InternalError.code
    return source


def _go_on(name: str, read: Read, progress: Progress, source: Source, end: float) -> None:
    """Take page after page, until the last one or until time is up."""
    going, progress = passes.begin(name, progress)
    seen, skipped = going.seen, going.skipped
    while time.monotonic() <= end:
        entries, following = _page(name, read, progress, going)
        is_patient = going.waited < _PATIENCE
        try:
            if not _take(entries, source, end, is_patient=is_patient):
                break
        except _OF_THE_STORE:
            waited = going.model_copy(update={"waited": going.waited + 1})
            passes.go_on(name, progress, waited)
            raise
        counted = {"seen": seen + source.seen, "skipped": skipped + source.skips}
        going = going.model_copy(update=counted | {"page": following, "waited": 0})
        if following is None:
            _end(name, progress, going, source)
            return
        progress = passes.go_on(name, progress, going)
    if progress.until < clock.now() - BEHIND_AFTER:
        source.problem = source.problem or BEHIND


def _end(name: str, progress: Progress, going: Pass, source: Source) -> None:
    """Finish a pass, unless a fault of ours kept most of it from being done.

    Such a pass does not count, so nothing is gone past for good. A pass sees the day before once
    more, so a fault that lasts makes up most of one before anything of it is seen no more. A few
    purchases that fail for a reason of their own stop nobody else's.
    """
    if going.skipped <= _MOST_SKIPPED or 2 * going.skipped <= going.seen:
        passes.finish(name, progress, going)
        return
    passes.give_up(name, progress)
    logger().error("a pass is given up", source=name, seen=going.seen, skipped=going.skipped)
    source.problem = InternalError.code


def _page(name: str, read: Read, progress: Progress, going: Pass) -> Page:
    """Read a page. Where the store does not take its token (they expire), the pass begins again."""
    try:
        return read(going)
    except (StoreRefused, InternalError):
        if going.page is not None:
            anew = {"page": None, "seen": 0, "skipped": 0, "waited": 0}
            first = going.model_copy(update=anew)
            passes.go_on(name, progress, first)
        raise


def _take(entries: Sequence[Entry], source: Source, end: float, *, is_patient: bool) -> bool:
    """Do what has not been done of a page; whether there was time for all of it.

    What fails in itself is named and gone past. What may have failed for a moment is raised:
    nothing is gone past while a store or our table is out, until patience with the store is at an
    end.
    """
    for entry in entries:
        source.seen += 1
        if entry.is_done:
            continue
        if time.monotonic() > end:
            return False
        try:
            if entry.repair():
                source.note(entry.name)
        except Exception as error:
            waits = _is_passing(error) and (is_patient or not isinstance(error, _OF_THE_STORE))
            if waits:
                raise
            logger().exception("not reconciled", source=entry.name)
            source.skip(entry.name)
    return True


def _is_passing(error: Exception) -> bool:
    """Whether the same entry may well be done in the next run."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    if isinstance(error, ClientError):  # what AWS calls invalid stays so
        return error.response["Error"]["Code"] != "ValidationException"
    return isinstance(error, (*_OF_THE_STORE, InternalError, Busy, BotoCoreError))
