"""Records of one-time purchases: the permanent key that makes each of them granted once.

| pk | sk | item |
|---|---|---|
| BUY#apple#production#... | PURCHASE | a purchase, by the store's own id of it; never goes |

`version` is the condition of every change. `todo` lists what is left to do after a commit; while
there is something, the record stands in the index of due items, and a sweep does what was missed.
When there is nothing, it stands there for the time at which its store is asked again, if it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field

from cliffhanger import clock, correlation, dynamo
from cliffhanger.purchases import rechecks
from cliffhanger.purchases.heard import Hearing
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.purchases.store import Environment, OneTimePurchase, Store
from cliffhanger.settings import load
from cliffhanger.tables import DUE
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.refunds import Taken

PurchaseState = Literal["pending", "held", "granted", "refunded", "canceled"]
Held = Literal["unknown_product", "unknown_viewer"]
Todo = Literal[
    "tell_granted",
    "tell_refunded",
    "reopen",
    "consume",
    "acknowledge",
    "tell_changed",
    "read_replaced",
]

PURCHASE_DUE = "purchase"
"""What the index of due items calls a purchase or a subscription with something left to do."""

_SK = "PURCHASE"
_SOON = timedelta(minutes=2)
LATER = timedelta(minutes=15)


class Record(Hearing):
    """A purchase as we have it."""

    id: str
    store: Store
    environment: Environment
    transaction_id: str
    store_product_id: str
    viewer_id: str | None
    product_id: str | None = None
    state: PurchaseState
    held: Held | None = None
    quantity: int
    purchased_at: datetime
    told_at: datetime
    price_micros: int | None
    currency: str | None
    storefront: str | None
    order_id: str | None
    token: str | None = Field(default=None, repr=False, description="Google's, to settle it with.")
    bought: Bought | None = None
    refunded: int = Field(default=0, description="The share that the store gave back by now.")
    taken: Taken = Taken()
    first_bonus: bool = False
    todo: tuple[Todo, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        """Read what the table has."""
        return cls.model_validate({name: item[name] for name in cls.model_fields if name in item})

    @property
    def key(self) -> dynamo.Item:
        """The key of its item."""
        return key(self.store, self.environment, self.transaction_id)

    @property
    def turn(self) -> str:
        """What its next change is known by: the store's key, and the version that it follows."""
        return f"{self.store}#{self.environment}#{self.transaction_id}@{self.version}"

    @property
    def waits(self) -> bool:
        """Whether it is to be looked at again: its product may be known by then."""
        return self.held == "unknown_product"

    @property
    def recheck_at(self) -> datetime | None:
        """When Google is asked again, though it told nothing; None when it is not."""
        is_open = self.state in {"granted", "pending"}
        if self.token is None or not is_open:
            return None
        return rechecks.of_pack(self.purchased_at, clock.now())

    @property
    def owes_coins(self) -> bool:
        """Whether the wallet does not yet have what the store gave back, or took again."""
        return self.bought is not None and self.refunded != self.taken.share


def in_pieces(record: Record) -> Record:
    """Return a record whose refunds take whole pieces: Google counts them, Apple tells a share."""
    if record.bought is None or record.store != "google":
        return record
    bought = record.bought.model_copy(update={"pieces": record.quantity})
    return record.model_copy(update={"bought": bought})


def key(store: Store, environment: Environment, transaction_id: str) -> dynamo.Item:
    """Return the key of a purchase, unique for ever."""
    return dynamo.key(f"BUY#{store}#{environment}#{transaction_id}", _SK)


def table() -> str:
    """Return the table of purchases."""
    return load(PurchaseSettings).commerce_table


def place(told: OneTimePurchase) -> tuple[str, dynamo.Item]:
    """Return table and key of our record of a purchase, to read it together with other items."""
    return table(), key(told.store, told.environment, told.transaction_id)


def find(told: OneTimePurchase) -> Record | None:
    """Return our record of a purchase as it is now, or None."""
    item = dynamo.get(*place(told), consistent=True)
    return Record.of(item) if item else None


def write(record: Record, *, after: int) -> dynamo.Write:
    """Return the write that keeps a record, on the condition that it was at version `after`.

    What says nothing is left out, but the product, by which the index of due items is read: so a
    record of Google's is granted within a kilobyte, though it has a token.
    """
    kept = record.model_copy(update={"version": after + 1})
    item = record.key | {"product_id": None} | kept.model_dump(mode="json", exclude_defaults=True)
    item |= correlation.stored()
    item |= due(record.store, record.todo, waits=record.waits, recheck_at=record.recheck_at)
    return dynamo.replace(table(), item, after=after)


def due(
    store: Store, todo: Sequence[Todo], *, waits: bool, recheck_at: datetime | None
) -> dict[str, str]:
    """Return the attributes that put a record into the index of due items, or none.

    What is to be done is tried right after the commit; the sweep looks two minutes later. What is
    held for a product that is not known yet is looked at again every quarter of an hour. What is
    held for a viewer waits for their claim, which nobody can hasten. All else is due when its
    store is asked again, under a name of its own: nobody waits for that.
    """
    if todo or waits:
        at = clock.now() + (_SOON if todo else LATER)
        return {DUE.partition_key: PURCHASE_DUE, DUE.sort_key: clock.iso(at)}
    if recheck_at is not None:
        return {DUE.partition_key: rechecks.kind(store), DUE.sort_key: clock.iso(recheck_at)}
    return {}
