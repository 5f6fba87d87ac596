"""Unlocks: one item for each viewer and drama, and what of the drama they have paid for.

| pk | sk | item |
|---|---|---|
| vwr_... | UNLOCK#drm_... | `slots` and `sandbox` (bitmaps), `whole`, `version`, `last` |

`slots` were unlocked with real coins, `sandbox` with coins of the stores' sandbox: both open, and
the second never count as revenue. `whole` says with which coins the drama was bought as a whole,
which opens its future episodes too. `last` is the latest charge, so that a retry is told the same.
The version is the condition of every write. What is unlocked stays so, unless the stage lets it go
when its coins are refunded, see `refunded`.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cliffhanger import bitmaps, dynamo
from cliffhanger.dynamo import Item, Write
from cliffhanger.entitlements.settings import EntitlementSettings
from cliffhanger.errors import IdempotencyKeyReused
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load
from cliffhanger.tables import SK

_PREFIX = "UNLOCK#"


@dataclass(frozen=True, kw_only=True)
class LastCharge:
    """The latest charge for a drama. `key` and `body` are those of the request, if it had a key."""

    coins: int
    environment: Environment
    entry_id: str
    key: bytes = b""
    body: bytes = b""

    @classmethod
    def of(
        cls, *, coins: int, environment: Environment, entry_id: str, key: IdempotencyKey | None
    ) -> "LastCharge":
        """Keep the hashes of a key."""
        scope, body = key.digests if key else (b"", b"")
        return cls(coins=coins, environment=environment, entry_id=entry_id, key=scope, body=body)


@dataclass(frozen=True, kw_only=True)
class Unlocks:
    """What a viewer has unlocked of a drama. Version 0 is nothing yet."""

    drama_id: str
    version: int = 0
    slots: bytes = bitmaps.EMPTY
    sandbox: bytes = bitmaps.EMPTY
    whole: Environment | None = None
    last: LastCharge | None = None

    def opens(self, slot: int) -> bool:
        """Whether an episode, by its slot, has been unlocked."""
        return bool(self.whole) or bitmaps.has(self.slots, slot) or bitmaps.has(self.sandbox, slot)

    @property
    def opened(self) -> set[int]:
        """The slots that have been unlocked one by one."""
        return bitmaps.numbers(self.slots) | bitmaps.numbers(self.sandbox)

    def earlier(self, key: IdempotencyKey | None) -> LastCharge | None:
        """Return the latest charge if it was made for this very request.

        Raises:
            IdempotencyKeyReused: it was made with this key, for something else.
        """
        if key is None or self.last is None:
            return None
        scope, body = key.digests
        if self.last.key != scope:
            return None
        if self.last.body != body:
            raise IdempotencyKeyReused("Use a fresh key for another episode or another wish.")
        return self.last

    def after(self, some: Iterable[int], charge: LastCharge, *, whole: bool) -> "Unlocks":
        """Return what is unlocked after a charge for some slots, or for the whole drama."""
        made = replace(self, version=self.version + 1, last=charge)
        if whole:
            return replace(made, whole=charge.environment)
        return made._with(charge.environment, bitmaps.including(self._of(charge.environment), some))

    def closed(
        self,
        some: Iterable[int],
        environment: Environment,
        *,
        whole: bool,
        other: Environment | None,
        charges: Container[str],
    ) -> "Unlocks":
        """Return what is left when slots, or the purchase of the whole drama, are undone.

        A retry of one of these charges, named by its ledger entry, is a new wish from now on.

        Args:
            some: the slots.
            environment: with whose coins they were opened.
            whole: whether the purchase of the whole drama is undone.
            other: with whose coins the drama was bought as a whole once more, by who has joined.
            charges: the ledger entries of all this.
        """
        left = self._with(environment, bitmaps.without(self._of(environment), some))
        if whole and self.whole == environment:
            left = replace(left, whole=other)
        if left == self and not (whole and self.whole):
            return self  # else whoever closes the other purchase just now must see this one go
        if self.last and self.last.entry_id in charges:
            left = replace(left, last=replace(self.last, key=b"", body=b""))
        return replace(left, version=self.version + 1)

    def _of(self, environment: Environment) -> bytes:
        return self.slots if environment == "production" else self.sandbox

    def _with(self, environment: Environment, bitmap: bytes) -> "Unlocks":
        if environment == "production":
            return replace(self, slots=bitmap)
        return replace(self, sandbox=bitmap)

    def joined(self, guest: "Unlocks") -> "Unlocks":
        """Return what an account has after a guest joined it: everything that either had."""
        return replace(
            self,
            version=self.version + 1,
            slots=bitmaps.both(self.slots, guest.slots),
            sandbox=bitmaps.both(self.sandbox, guest.sandbox),
            whole=self.whole or guest.whole,
            last=self.last or guest.last,
        )

    def moved(self) -> "Unlocks":
        """Return what is left of a guest's: nothing, under a higher version."""
        if not (self.slots or self.sandbox or self.whole):
            return self
        empty = bitmaps.EMPTY
        return replace(self, version=self.version + 1, slots=empty, sandbox=empty, whole=None)


def place(viewer_id: str, drama_id: str) -> tuple[str, Item]:
    """Return table and key, for those who read it together with something else."""
    return _table(), dynamo.key(viewer_id, _PREFIX + drama_id)


def of_item(drama_id: str, item: Mapping[str, Any] | None) -> Unlocks:
    """Return what an item says that was read, or that nothing is unlocked."""
    if item is None:
        return Unlocks(drama_id=drama_id)
    return Unlocks(
        drama_id=drama_id,
        version=item["version"],
        slots=item.get("slots", bitmaps.EMPTY),
        sandbox=item.get("sandbox", bitmaps.EMPTY),
        whole=item.get("whole"),
        last=LastCharge(**item["last"]),
    )


def write(viewer_id: str, before: Unlocks, after: Unlocks) -> Write:
    """Return the write from one state to the next. It fails if another charge came between."""
    table, item = place(viewer_id, after.drama_id)
    item |= {"version": after.version, "last": _stored(after.last)}
    held = {"slots": after.slots, "sandbox": after.sandbox, "whole": after.whole}
    item |= {name: value for name, value in held.items() if value}
    return dynamo.replace(table, item, after=before.version)


def page(viewer_id: str, *, limit: int, after: str | None) -> tuple[list[Unlocks], str | None]:
    """Read a page of what a viewer has unlocked, by drama: it, and the drama to go on after."""
    items, more = dynamo.page_between(
        _table(),
        viewer_id,
        _PREFIX,
        f"{_PREFIX}~",  # behind every id
        limit=limit,
        start=_PREFIX + after if after else None,
    )
    found = [of_item(item[SK].removeprefix(_PREFIX), item) for item in items]
    return found, found[-1].drama_id if more else None


def _stored(charge: LastCharge | None) -> Item:
    held = vars(charge) if charge else {}
    return {name: value for name, value in held.items() if value != b""}


def _table() -> str:
    return load(EntitlementSettings).commerce_table
