"""Changes: a wallet with its new entries, as writes that join a transaction. Nothing is written.

A change holds on one condition, the wallet's version. `commit` reads, prepares and writes again
when another change was faster, so nothing is decided by what was read before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cliffhanger import dynamo
from cliffhanger.dynamo import Item, Write
from cliffhanger.errors import Busy
from cliffhanger.wallet import entries, lots, stored_lots, wallets
from cliffhanger.wallet.balance import Balance
from cliffhanger.wallet.entries import Entry
from cliffhanger.wallet.lots import Lot, Lots
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
        change, others = prepare()
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

    The wallet and an entry are all that most changes take: two write units each.
    """
    stored, pages = after, dict[int, Lots]()
    if before.is_whole:
        first = _first(after.open, before.pages)
        stored, pages = _paged(before, after, after.open[first:])
        stored = replace(stored, open=after.open[:first], unread=len(after.open) - first)
    found = [_wallet_write(before, stored)]
    found += [
        dynamo.create(wallets.table(), entries.item(after.viewer_id, after.environment, entry))
        for entry in made
    ]
    found += [_lots_write(after, f"{place + 1:03d}", page) for place, page in pages.items()]
    if after.sunk != before.sunk:
        found.append(_lots_write(after, wallets.SUNK, after.sunk))
    return tuple(found)


def _first(open_lots: Lots, pages: Sequence[Lots]) -> int:
    """Return how many lots the wallet itself holds: as many as fit it without parting a page."""
    still = {lot.key for lot in open_lots}
    kept = [still & {lot.key for lot in page} for page in pages]
    for count in range(wallets.INLINE, 0, -1):
        first = {lot.key for lot in open_lots[:count]}
        if all(page <= first or page.isdisjoint(first) for page in kept):
            return min(count, len(open_lots))
    return wallets.INLINE


def _paged(before: Wallet, after: Wallet, rest: Lots) -> tuple[Wallet, dict[int, Lots]]:
    """Share out lots to pages: the wallet that knows which are empty, and the pages to write.

    Who has a page stays there, so that few pages change. A page has one kind, and what came
    together stands together, since it is also spent together.
    """
    left: dict[tuple[str, lots.Kind], Lot] = {lot.key: lot for lot in rest}
    pages = [[left.pop(lot.key) for lot in page if lot.key in left] for page in before.pages]
    for lot in left.values():
        _page_for(lot.kind, pages).append(lot)
    changed = {
        place: tuple(page)
        for place, page in enumerate(pages)
        if place >= len(before.pages) or tuple(page) != before.pages[place]
    }
    written = {place: page for place, page in changed.items() if page}
    emptied = (before.emptied | changed.keys()) - written.keys()
    return replace(after, emptied=emptied), written


def _page_for(kind: lots.Kind, pages: list[list[Lot]]) -> list[Lot]:
    """Return the page of a kind with the latest lots, if it has room, or an empty one."""
    own = [page for page in pages if page and page[0].kind == kind]
    latest = max(own, key=lambda page: max(lot.id for lot in page), default=None)
    if latest is not None and len(latest) < wallets.INLINE:
        return latest
    empty = next((page for page in pages if not page), None)
    if empty is None:
        pages.append(empty := [])
    return empty


def _wallet_write(before: Wallet, stored: Wallet) -> Write:
    item: Item = dynamo.key(stored.viewer_id, wallets.sort_key(stored.environment))
    item |= dict(stored.coins) | {
        "debt": stored.debt,
        "version": before.version + 1,
        "lots": [stored_lots.encode(lot) for lot in stored.open],
    }
    extra = {
        "overflow": stored.unread,
        "emptied": sorted(stored.emptied),
        "sunk": stored.sunk_coins,
        "bought": stored.has_bought,
        "merged_into": stored.merged_into,
    }
    item |= {name: value for name, value in extra.items() if value}
    return dynamo.replace(wallets.table(), item, after=before.version)


def _lots_write(wallet: Wallet, name: str, some: Lots) -> Write:
    sk = f"{wallets.sort_key(wallet.environment)}#LOTS#{name}"
    item = dynamo.key(wallet.viewer_id, sk) | {"lots": [stored_lots.encode(lot) for lot in some]}
    return dynamo.put(wallets.table(), item)
