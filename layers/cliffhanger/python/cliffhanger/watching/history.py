"""A viewer's history: one row for each drama, the one watched last first.

The rows of a viewer stand in one partition by drama, so all of them are read and put in order
here: half a read unit for each 4 KB, some forty for the most eager viewers. An index in order of
time would cost two write units for every report instead, and reports are far more frequent.
"""

from datetime import UTC, datetime

from cliffhanger import dynamo, pages
from cliffhanger.dynamo import Item
from cliffhanger.identity import viewers
from cliffhanger.pages import Page, PageQuery
from cliffhanger.settings import load
from cliffhanger.watching import rows
from cliffhanger.watching.models import HistoryRow
from cliffhanger.watching.settings import WatchingSettings


def read(viewer_id: str, page: PageQuery) -> Page[HistoryRow]:
    """Return a page of the dramas that a viewer has watched, also those unpublished since.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
    """
    viewers.require_alive(dynamo.get(*viewers.place(viewer_id)))
    table = load(WatchingSettings).commerce_table
    watched = dynamo.query(table, viewer_id, prefix=rows.watched_sk(""))
    found = sorted((row for row in watched if row["slots"]), key=_place)[::-1]
    chosen, next_cursor = pages.cut(found, _place, str, page, newest_first=True)
    return Page[HistoryRow](items=[_row(row) for row in chosen], next_cursor=next_cursor)


def _place(row: Item) -> str:
    return f"{row['last_at']:015d}{row['sk']}"


def _row(row: Item) -> HistoryRow:
    return HistoryRow(
        drama_id=row["sk"].removeprefix(rows.watched_sk("")),
        episode_id=row["last_episode_id"],
        position_seconds=row["last_position_ms"] / 1000,
        at=datetime.fromtimestamp(row["last_at"] / 1000, UTC),
    )
