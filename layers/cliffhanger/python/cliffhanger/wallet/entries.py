"""Ledger entries: double-entry, append-only. Nothing here reads or writes.

| pk | sk | entry |
|---|---|---|
| vwr_... | LED#<ulid> | of the wallet |
| vwr_... | LED#sandbox#<ulid> | of the wallet of the stores' sandbox |

An entry's postings add up to zero. Four accounts are the viewer's: `paid`, `bonus`, `promotional`,
and `debt`, which stands below zero by what is owed. The others say where coins came from and went.
`moves` says the same lot by lot, with the value: partners' shares are computed from it. An entry
may bear `page` and `lots` too, see `paging`. No attribute may be called `expires_at`: the table
deletes by it.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any, Literal

from ulid import ULID

from cliffhanger import clock, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.purchases.store import Environment
from cliffhanger.tables import SK
from cliffhanger.wallet import stored_lots
from cliffhanger.wallet.lots import Move

EntryKind = Literal[
    "purchase",
    "promotion",
    "unlock",
    "unlock_undone",
    "refund",
    "refund_reversed",
    "correction",
    "expiry",
    "debt_paid",
    "merge_in",
    "merge_out",
]
Account = Literal[
    "paid",
    "bonus",
    "promotional",
    "debt",
    "store",
    "promotions",
    "spent",
    "corrections",
    "expired",
    "merged",
]
CauseKind = Literal["purchase", "unlock", "campaign", "operator", "viewer", "expiry"]

_RANDOM_BITS = 80  # of a ULID; the rest is its time
_RANDOM = (1 << _RANDOM_BITS) - 1


@dataclass(frozen=True)
class Cause:
    """Why an entry was made: the purchase, what was unlocked, who asked, or the other viewer.

    What was unlocked is a drama (`drm_...`), or an episode by its slot (`drm_.../12`); then
    `episode_id` is the episode's own, which older entries do not have.
    """

    kind: CauseKind
    id: str
    episode_id: str | None = None

    @property
    def drama_id(self) -> str | None:
        """The drama of which something was unlocked."""
        return self.id.partition("/")[0] if self.kind == "unlock" else None


@dataclass(frozen=True)
class Order:
    """Whose order an entry follows, where a person gave it."""

    operator_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry.

    `key` is what made it happen once: the hash of the Idempotency-Key of a request, or what the
    store or the change itself is known by for ever. Entries of one change share it.
    """

    id: str
    kind: EntryKind
    at: datetime
    cause: Cause
    postings: Mapping[Account, int]
    moves: tuple[Move, ...] = field(default=())
    order: Order | None = None
    key: str

    def __post_init__(self) -> None:
        """Keep the books: what does not add up to zero is no entry."""
        if sum(self.postings.values()):
            raise ValueError(f"postings of {self.id} do not add up: {dict(self.postings)}")


def first_id(now: datetime) -> ULID:
    """Return what the ids of a change begin with, apart from those of every other change.

    ULIDs of one millisecond and process follow each other, and the ids of a change do as well: so
    there is room for sixteen between one change and the next.
    """
    made = int(ULID.from_datetime(now))
    return ULID.from_int(made >> _RANDOM_BITS << _RANDOM_BITS | made << 4 & _RANDOM)


def nth_id(first: ULID, place: int) -> str:
    """Return the id of an entry of a change: they sort in the order in which they stand."""
    return f"led_{ULID.from_int(int(first) + place)}"


def prefix(environment: Environment) -> str:
    """Return what the sort keys of a wallet's entries begin with."""
    return "LED#" if environment == "production" else f"LED#{environment}#"


def sort_key(entry_id: str, environment: Environment) -> str:
    """Return the sort key of an entry."""
    return prefix(environment) + entry_id.removeprefix("led_")


def item(viewer_id: str, environment: Environment, entry: Entry) -> Item:
    """Return an entry as it is stored."""
    stored: Item = dynamo.key(viewer_id, sort_key(entry.id, environment)) | {
        "kind": entry.kind,
        "at": clock.iso(entry.at),
        "cause": [one for one in astuple(entry.cause) if one is not None],
        "postings": dict(entry.postings),
        "moves": [stored_lots.encode_move(move) for move in entry.moves],
        "key": entry.key,
    }
    if entry.order:
        stored |= {"operator_id": entry.order.operator_id, "reason": entry.order.reason}
    return stored


def of_item(stored: Mapping[str, Any]) -> Entry:
    """Return an entry as it was stored."""
    order = None
    if "operator_id" in stored:
        order = Order(operator_id=stored["operator_id"], reason=stored["reason"])
    return Entry(
        id=f"led_{stored[SK].rpartition('#')[2]}",
        kind=stored["kind"],
        at=datetime.fromisoformat(stored["at"]),
        cause=Cause(*stored["cause"]),
        postings=stored["postings"],
        moves=tuple(map(stored_lots.decode_move, stored["moves"])),
        order=order,
        key=stored["key"],
    )
