"""Forgetting: what a viewer watched goes, when they leave or when a guest has joined an account.

Each row is emptied at once and gets a time to live, so that DynamoDB takes it away within days:
the function needs no right to delete. A report that was on its way may still be written into such
a row, and goes with it. One that makes a new row looks at the viewer again, see `progress`.

A call empties a hundred rows in a transaction, and a thousand at the most: it ends well before its
time. Whoever watched more dramas than that is told to send it again, and it goes on from there.
"""

from cliffhanger import clock, dynamo
from cliffhanger.dynamo import Item, Write
from cliffhanger.errors import Busy
from cliffhanger.settings import load
from cliffhanger.tables import PK, SK
from cliffhanger.watching import rows
from cliffhanger.watching.settings import WatchingSettings

_AT_ONCE = 100  # the most that a transaction takes
_AT_MOST = 1000


def forget(viewer_id: str) -> None:
    """Empty all that a viewer watched. Doing it again, or going on after a death, does the rest.

    Raises:
        Busy: there is more, or reports went on coming. What was emptied stays so.
    """
    table = load(WatchingSettings).commerce_table
    left = [
        row
        for prefix in (rows.watched_sk(""), rows.sitting_sk(""))
        for row in dynamo.query(table, viewer_id, prefix=prefix, consistent=True)
        if row["slots"]
    ]
    now = left[:_AT_MOST]
    for first in range(0, len(now), _AT_ONCE):
        dynamo.transact(*(_emptied(table, row) for row in now[first : first + _AT_ONCE]))
    if len(left) > _AT_MOST:
        raise Busy("Much was watched. Send it again to forget the rest.")


def _emptied(table: str, row: Item) -> Write:
    """Return the write that empties a row. Its version grows, so nothing old is written back."""
    return dynamo.update(
        table,
        dynamo.key(row[PK], row[SK]),
        "SET #slots = :none, #last_at = :zero, #expires_at = :now, #version = #version + :one"
        " REMOVE #last_episode_id, #last_position_ms, #drama_id",
        none={},
        zero=0,
        now=int(clock.now().timestamp()),
        one=1,
    )
