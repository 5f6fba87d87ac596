"""Pages of lots as they are stored: on the ledger entries of the changes that set them aside.

An entry that bears pages has the number of its last one as `page`, by which the index finds it, and
all of them as `lots`. See `paging` for what stands in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cliffhanger import bitmaps, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.purchases.store import Environment
from cliffhanger.tables import PAGES
from cliffhanger.wallet import stored_lots
from cliffhanger.wallet.lots import Lots


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The pages of a wallet: numbers from `first` to below `end`, but for those that are empty.

    `emptied` is a bitmap, counted from `first`. `standing` has the others, once they were read.
    """

    first: int = 0
    end: int = 0
    emptied: bytes = bitmaps.EMPTY
    standing: Mapping[int, Lots] = field(default_factory=dict)

    @property
    def span(self) -> list[int]:
        """First and end as they are stored: nothing where there never was a page."""
        return [self.first, self.end] if self.end else []

    def left(self, standing: Mapping[int, Lots]) -> "Pages":
        """Return what is left when these alone still stand."""
        first = min(standing, default=self.end)
        empty = (number - first for number in range(first, self.end) if number not in standing)
        return replace(self, first=first, emptied=bitmaps.including(bitmaps.EMPTY, empty))


NONE = Pages()


def item(environment: Environment, last: int, pages: Sequence[Lots]) -> Item:
    """Return what an entry bears for pages, of which the last one has the number `last`."""
    stored = [[stored_lots.encode(lot) for lot in page] for page in pages]
    return {PAGES.sort_key: _name(environment, last), PAGES.carries[0]: stored}


def read(table: str, viewer_id: str, environment: Environment, pages: Pages) -> dict[int, Lots]:
    """Read the pages of a wallet that are not empty, in one query."""
    low, high = (_name(environment, number) for number in (pages.first, pages.end - 1))
    found: dict[int, Lots] = {}
    for one in dynamo.query_between(table, viewer_id, low, high, index=PAGES):
        last = int(one[PAGES.sort_key].rpartition("#")[2])
        stored = one[PAGES.carries[0]]
        for number, page in enumerate(stored, last + 1 - len(stored)):
            if number >= pages.first and not bitmaps.has(pages.emptied, number - pages.first):
                found[number] = tuple(map(stored_lots.decode, page))
    return found


def _name(environment: Environment, number: int) -> str:
    return f"{environment}#{number:09d}"
