"""Unlocks that one purchase paid for, as the ledger tells them: undone, and made once more.

A stage may say that what refunded coins have opened closes again. The coins that opened it then
come back to the purchase's lots, from which the refund takes them, so nothing is owed for what is
closed. Only what the coins of that purchase alone have paid for can be undone: an episode that
other coins helped to pay stays, and the purchase's part of it is owed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import ledger, lots, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause, Entry
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Kind
from cliffhanger.wallet.wallets import Wallet

UNLOCKS = ("unlock", "unlock_undone")


@dataclass(frozen=True, kw_only=True)
class Paid:
    """An unlock that one purchase's coins alone paid for: its coins by kind."""

    entry_id: str
    cause: Cause
    coins: Counter[Kind]

    @property
    def total(self) -> int:
        """What it cost."""
        return self.coins.total()


@dataclass(frozen=True, kw_only=True)
class History:
    """What a purchase's coins alone paid for: what stands, and what was undone. Oldest first.

    `others` are the causes of all else that stands.
    """

    standing: Sequence[Paid]
    undone: Sequence[Paid]
    others: frozenset[str]


def entries_of(viewer_id: str, environment: Environment) -> Iterator[Entry]:
    """Read the ledgers of a viewer and of all guests who joined them, in no order."""
    for entry in ledger.every(viewer_id, environment):
        yield entry
        if entry.kind == "merge_in":
            yield from entries_of(entry.cause.id, environment)


def history(some: Iterable[Entry], purchase_id: str) -> History:
    """Return what became of a purchase's coins, by entries in any order."""
    told = sorted((entry for entry in some if entry.kind in UNLOCKS), key=lambda one: one.id)
    standing = [entry for entry in told if entry.kind == "unlock"]
    undone = [entry for entry in told if entry.kind == "unlock_undone"]
    for entry in undone:
        standing.remove(next(one for one in standing if _is_undone(one, entry)))
    paid = [_paid(entry, purchase_id) for entry in standing]
    return History(
        standing=[one for one in paid if one],
        undone=[one for one in (_paid(entry, purchase_id) for entry in undone) if one],
        others=frozenset(
            entry.cause.id for entry, one in zip(standing, paid, strict=True) if one is None
        ),
    )


def undo(
    wallet: Wallet, bought: Bought, some: Sequence[Paid], *, due: int, key: str, now: datetime
) -> Change:
    """Return the change that brings the coins of unlocks back to the purchase's lots.

    Of those, `due` are about to be taken by the refund. The rest pays what an earlier part of it
    has left owed.
    """
    draft = Draft(wallets.whole(wallet), now, key)
    for paid in some:
        moves = [draft.move(lot, paid.coins[lot.kind]) for lot in _lots(bought, paid)]
        entry = draft.record("unlock_undone", paid.cause, moves, against="spent")
    rest = sum(paid.total for paid in some) - due
    if rest > 0:
        mine = [lot for lot in draft.wallet.open if lot.id == bought.purchase_id]
        spare = [replace(lot, coins=part) for lot, part in lots.plan(reversed(mine), rest)]
        draft.pay_debt(spare, Cause("purchase", bought.purchase_id))
    return draft.change(entry)


def redo(wallet: Wallet, bought: Bought, paid: Paid, *, now: datetime) -> Change | None:
    """Return the change that pays for an unlock as it was paid before; None without the coins."""
    draft = Draft(wallets.whole(wallet), now, f"reopen#{paid.entry_id}")
    there = lots.of(draft.wallet.open, bought.purchase_id)
    if any(there[kind] < coins for kind, coins in paid.coins.items()):
        return None
    moves = [draft.move(lot, -paid.coins[lot.kind]) for lot in _lots(bought, paid)]
    return draft.change(draft.record("unlock", paid.cause, moves, against="spent"))


def _lots(bought: Bought, paid: Paid) -> list[lots.Lot]:
    return [lot for lot in bought.lots if paid.coins[lot.kind]]


def _paid(entry: Entry, purchase_id: str) -> Paid | None:
    if {move.id for move in entry.moves} != {purchase_id}:
        return None
    coins = Counter({move.kind: abs(move.coins) for move in entry.moves})
    return Paid(entry_id=entry.id, cause=entry.cause, coins=coins)


def _is_undone(unlock: Entry, undone: Entry) -> bool:
    back = {(move.id, move.kind): -move.coins for move in undone.moves}
    paid = {(move.id, move.kind): move.coins for move in unlock.moves}
    return unlock.cause == undone.cause and paid == back
