"""The tables: the one place that says how they are keyed, read by the stack and by the tests."""

from dataclasses import dataclass

PK = "pk"
SK = "sk"
TTL = "expires_at"


@dataclass(frozen=True)
class Index:
    """A global secondary index. Sparse: only items that carry both keys are in it."""

    name: str
    partition_key: str
    sort_key: str


@dataclass(frozen=True)
class LocalIndex:
    """A local secondary index: a partition in another order, read consistently.

    Sparse, too. It holds the keys and what it `carries`, and can be made with its table alone.
    """

    name: str
    sort_key: str
    carries: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with string keys `pk` and `sk`, on demand, with `expires_at` as time to live."""

    name: str
    purpose: str
    indexes: tuple[Index, ...] = ()
    local_indexes: tuple[LocalIndex, ...] = ()


SHELF = Index("shelf", partition_key="shelf", sort_key="shelved_at")

DUE = Index("due", partition_key="due", sort_key="due_at")

PAGES = LocalIndex("pages", sort_key="page", carries=("lots",))

CONTENT = Table("content", "Dramas, episodes, uploads and assets", (SHELF, DUE))
COMMERCE = Table("commerce", "Viewers and what they own", (DUE,), (PAGES,))

TABLES = (CONTENT, COMMERCE)
