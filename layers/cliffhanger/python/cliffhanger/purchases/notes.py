"""Notes of what the stores told that has changed no purchase of ours.

| pk | sk | item |
|---|---|---|
| NOTE#apple#... | NOTE | a notification that changed no purchase; goes after half a year |

What changed one is kept there: see `heard`. Apple repeats a notification for a week at most, and
its history reaches back half a year.
"""

from collections.abc import Collection
from datetime import timedelta

from cliffhanger import clock, dynamo
from cliffhanger.purchases import records
from cliffhanger.purchases.store import Store
from cliffhanger.tables import TTL

_SK = "NOTE"
_KEPT = timedelta(days=200)


def keep(store: Store, notice_id: str, what: str) -> bool:
    """Note what was told; whether it had not been noted before."""
    now = clock.now()
    item = key(store, notice_id) | {
        "what": what,
        "at": clock.iso(now),
        TTL: int((now + _KEPT).timestamp()),
    }
    try:
        dynamo.write(dynamo.create(records.table(), item))
    except dynamo.ConditionFailed:
        return False
    return True


def known(store: Store, notice_ids: Collection[str]) -> set[str]:
    """Return which of these were noted, up to a hundred of them."""
    ids = list(dict.fromkeys(notice_ids))
    places = [(records.table(), key(store, one)) for one in ids]
    found = dynamo.batch_get(*places, consistent=True) if places else []
    return {one for one, item in zip(ids, found, strict=True) if item}


def key(store: Store, notice_id: str) -> dynamo.Item:
    """Return the key of a note."""
    return dynamo.key(f"NOTE#{store}#{notice_id}", _SK)
