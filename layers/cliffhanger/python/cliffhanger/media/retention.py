"""Retention: what nobody plays or goes on with any more is taken away, in time and in order.

A generation below the one that plays goes some time after it was superseded. It is marked first,
on the condition that no rollback has taken it back; then its files go; then it leaves the index. A
process that dies in between leaves it there, and the next one goes on.
"""

from collections.abc import Callable
from datetime import timedelta

from cliffhanger import clock, dynamo, metrics
from cliffhanger.catalog import generations
from cliffhanger.dynamo import Item
from cliffhanger.media import keys, uploads
from cliffhanger.media.folder import Folder, NotDeleted
from cliffhanger.media.settings import RetentionSettings
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.settings import load

_AT_ONCE = 50


def sweep() -> dict[str, int]:
    """Take away what is due: superseded generations, and uploads that were never completed.

    Returns:
        How many generations, files and uploads went.

    Raises:
        ExceptionGroup: some could not be taken away; all others were.
    """
    settings = load(RetentionSettings)
    now = clock.now()
    count = {"generations": 0, "files": 0, "uploads": 0}

    def generation(item: Item) -> None:
        files = _take_away(item)
        count["files"] += files
        count["generations"] += 1 if files else 0

    def upload(item: Item) -> None:
        uploads.expire(item)
        count["uploads"] += 1

    superseded_by = now - timedelta(days=settings.superseded_days)
    faults = [
        *_each(generations.SUPERSEDED, clock.iso(superseded_by), generation),
        *_each(uploads.UPLOAD_DUE, clock.iso(now), upload),
    ]
    metrics.record(Metric.SWEEPS, sweep=Sweep.RETENTION)
    if faults:
        metrics.record(Metric.SWEEP_FAILURES, len(faults), sweep=Sweep.RETENTION)
        raise ExceptionGroup("some could not be taken away", faults)
    return count


def _each(kind: str, until: str, act: Callable[[Item], None]) -> list[Exception]:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    faults: list[Exception] = []
    table = load(RetentionSettings).content_table
    for item in dynamo.due(table, kind, until=until, limit=_AT_ONCE):
        try:
            act(item)
        except (ClientError, NotDeleted) as error:
            error.add_note(f"{kind}: {item['pk']} {item['sk']}")
            faults.append(error)
    return faults


def _take_away(item: Item) -> int:
    if not generations.take_down(item, clock.now()):
        return 0
    prefix = keys.generation_prefix(item["pk"], item["slot"], item["generation"])
    files = Folder(prefix).delete()
    dynamo.write(generations.swept(item))
    return files
