"""Changes: a wallet with its new entries, as writes that join a transaction. Nothing is written.

A change holds on one condition, the wallet's version. `commit` reads, prepares and writes again
when another change was faster, so nothing is decided by what was read before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cliffhanger import dynamo
from cliffhanger.dynamo import Item, Write
from cliffhanger.errors import Busy
from cliffhanger.wallet import entries, paging, stored_lots, stored_pages, wallets
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.entries import Entry
from cliffhanger.wallet.wallets import Wallet

_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an operation on a wallet writes, and what is then.

    `viewer_id` is whose wallet it is: another than was asked for, when that one was merged.
    """

    writes: tuple[Write, ...]
    viewer_id: str
    entry: Entry
    balance: Balance


@dataclass(frozen=True, kw_only=True)
class Writes:
    """Writes to wallets that make up no single entry."""

    writes: tuple[Write, ...]


Prepared = TypeVar("Prepared", Change, Writes)


def commit(prepare: Callable[[], tuple[Prepared, Sequence[Write]]]) -> Prepared:
    """Do a change and the caller's own writes in one transaction, or nothing.

    Args:
        prepare: reads what the change depends on and returns it, with the caller's own writes. It
            is called again when the wallet has changed meanwhile.

    Raises:
        ConditionFailed: one of the caller's own conditions did not hold; `failed` has the places
            among the caller's own writes.
        Busy: others went on changing the wallet. Nothing was written.
    """
    for _ in range(_TRIES):
        try:
            change, others = prepare()
        except wallets.Torn:
            continue
        ours = len(change.writes)
        if not ours and not others:
            return change
        try:
            dynamo.transact(*change.writes, *others)
        except dynamo.ConditionFailed as error:
            theirs = [place - ours for place in error.failed if place >= ours]
            if theirs:
                raise dynamo.ConditionFailed(theirs) from error
        else:
            return change
    raise Busy("The wallet is changing all the time. Nothing was done; try again.")


def writes(before: Wallet, after: Wallet, made: Sequence[Entry]) -> tuple[Write, ...]:
    """Return the writes that make one wallet out of another of the same viewer.

    The wallet and an entry are all that most changes take: two write units each. Lots that do not
    fit the wallet stand on the last entry.
    """
    stored, new = paging.paged(before, after)
    items = [entries.item(after.viewer_id, after.environment, entry) for entry in made]
    if new:
        items[-1] |= stored_pages.item(after.environment, stored.pages.end - 1, new)
    found = [_wallet_write(before, stored)]
    found += [dynamo.create(wallets.table(), one) for one in items]
    if after.sunk != before.sunk:
        found.append(_sunk_write(after))
    return tuple(found)


def _wallet_write(before: Wallet, stored: Wallet) -> Write:
    item: Item = dynamo.key(stored.viewer_id, wallets.sort_key(stored.environment))
    item |= dict(stored.coins) | {
        "debt": stored.debt,
        "version": before.version + 1,
        "lots": [stored_lots.encode(lot) for lot in stored.open],
    }
    extra = {
        "overflow": stored.unread,
        "pages": stored.pages.span,
        "emptied": stored.pages.emptied,
        "sunk": stored.sunk_coins,
        "bought": stored.has_bought,
        "keys": stored.paid_for,
        "merged_into": stored.merged_into,
    }
    item |= {name: value for name, value in extra.items() if value}
    return dynamo.replace(wallets.table(), item, after=before.version)


def _sunk_write(wallet: Wallet) -> Write:
    item = wallets.sunk_key(wallet) | {"lots": [stored_lots.encode(lot) for lot in wallet.sunk]}
    return dynamo.put(wallets.table(), item)
