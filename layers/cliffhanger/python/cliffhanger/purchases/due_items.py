"""What stands in the index of due items, read in pages. It is put off before it is tried.

So what fails does not stand in the way of others, and two sweeps at once do nothing twice.
"""

from collections.abc import Iterator
from datetime import timedelta

from cliffhanger import clock, dynamo
from cliffhanger.purchases import records
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record

_AT_ONCE = 50
_ROUNDS = 20


def each(kind: str, *, ahead: timedelta = timedelta()) -> Iterator[dynamo.Item]:
    """Yield what of a kind is due now, the longest due first, at most a thousand.

    Each comes once: what was put off may stay in the index for a moment. Whoever does not put off
    what they get sees the first page alone. `ahead` takes what is due that much later, too.
    """
    until, seen = clock.iso(clock.now() + ahead), set[str]()
    for _ in range(_ROUNDS):
        found = dynamo.due(records.table(), kind, until=until, limit=_AT_ONCE)
        fresh = [item for item in found if item["pk"] not in seen]
        seen |= {item["pk"] for item in fresh}
        yield from fresh
        if not fresh or len(found) < _AT_ONCE:
            return


def read(item: dynamo.Item) -> Record | Line | None:
    """Read it as the table has it now: the index may be behind."""
    now = dynamo.get(records.table(), dynamo.key(item["pk"], item["sk"]), consistent=True)
    if now is None:
        return None
    return Record.of(now) if item["sk"] == "PURCHASE" else Line.of(now)
