"""What is revoked, as the content table has it. The edge's store only follows.

| pk | sk | item |
|---|---|---|
| ses_..., vwr_..., drm_..., drm_.../12 | REVOKED | the edge refuses this subject until `until` |

The item changes in the transaction that causes it, and it is all that the writer of the edge's
store believes. So a message about it may come twice, late or out of order: it names
a subject to look at, and says nothing of its state.

A subject needs no item for longer than the tokens that were signed before it was revoked.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from cliffhanger import clock, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.edge.settings import RevocationSettings
from cliffhanger.settings import load
from cliffhanger.tables import DUE, PK, TTL

# A read that is a moment behind may still sign, and the clocks of edge locations differ.
_MARGIN = timedelta(minutes=5)
_KEPT_AFTERWARDS = timedelta(days=1)
_SK = "REVOKED"
_KIND = "revoked"
_AT_ONCE = 100


def slot_subject(drama_id: str, slot: int) -> str:
    """Return what the edge calls an episode."""
    return f"{drama_id}/{slot}"


def end(now: datetime) -> datetime:
    """Return when the last token that is signed by now has expired everywhere."""
    return now + timedelta(seconds=load(RevocationSettings).token_seconds) + _MARGIN


def revoke(subject: str, now: datetime) -> dynamo.Write:
    """Return the write that revokes a subject, from now until every token of it has expired."""
    until = end(now)
    item = dynamo.key(subject, _SK) | {
        "until": int(until.timestamp()),
        DUE.partition_key: _KIND,
        DUE.sort_key: clock.iso(until),
        TTL: int((until + _KEPT_AFTERWARDS).timestamp()),
    }
    return dynamo.put(_table(), item)


def restore(subject: str, now: datetime) -> dynamo.Write:
    """Return the write that lifts a revocation. What is left of the item goes by itself."""
    return dynamo.update(
        _table(),
        dynamo.key(subject, _SK),
        f"SET #{TTL} = :gone REMOVE #until, #{DUE.partition_key}, #{DUE.sort_key}",
        gone=int((now + _KEPT_AFTERWARDS).timestamp()),
    )


def place(subject: str) -> tuple[str, Item]:
    """Return table and key of a revocation, for those who read it together with something else."""
    return _table(), dynamo.key(subject, _SK)


def is_standing(item: Item | None, now: datetime) -> bool:
    """Whether an item that was read there revokes its subject now."""
    return item is not None and bool(item.get("until", 0) > now.timestamp())


def standing(subjects: Collection[str], now: datetime) -> dict[str, int]:
    """Return which of these are revoked, as the table has it now, and until which epoch second."""
    found: dict[str, int] = {}
    keys = [place(subject) for subject in sorted(subjects)]
    for first in range(0, len(keys), _AT_ONCE):
        for item in dynamo.batch_get(*keys[first : first + _AT_ONCE], consistent=True):
            if item is not None and is_standing(item, now):
                found[item[PK]] = item["until"]
    return found


def recent(now: datetime) -> set[str]:
    """Return every subject that is revoked, as the index has it: it may be a moment behind."""
    found: set[str] = set()
    start = None
    while True:
        items, start = dynamo.page(_table(), DUE, _KIND, limit=_AT_ONCE, start=start)
        standing_now = [item[PK] for item in items if item["until"] > now.timestamp()]
        found.update(standing_now)
        if start is None or len(standing_now) < len(items):
            return found


def _table() -> str:
    return load(RevocationSettings).content_table
