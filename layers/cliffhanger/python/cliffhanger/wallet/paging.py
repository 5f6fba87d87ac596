"""Which lots a wallet holds itself, and which in pages behind it. Nothing here reads or writes.

A wallet holds as many lots as fit it, in the order in which they are spent. What comes behind them
is set aside in pages, on the ledger entry of the change that did so, which is written anyway. Pages
are numbered through and never change: the wallet says from which number on they count, and which of
these it has left empty since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cliffhanger.wallet.lots import Lots
from cliffhanger.wallet.stored_pages import Pages
from cliffhanger.wallet.wallets import INLINE, Wallet


def paged(before: Wallet, after: Wallet) -> tuple[Wallet, Sequence[Lots]]:
    """Share out the lots of a changed wallet.

    Args:
        before: as it was read, with all lots or with its own alone.
        after: as it is to be, with every lot that is known.

    Returns:
        The wallet as it is stored, and the new pages: they are numbered from its `pages.end` of
        before on.
    """
    own, pages, loose = (_of_whole if not before.unread else _of_first)(before, after)
    new = list(_sheets(loose))
    pages = replace(pages, end=pages.end + len(new))
    unread = before.unread + len(loose) if before.unread else len(after.open) - len(own)
    return replace(after, open=own, pages=pages, unread=unread), new


def _of_first(before: Wallet, after: Wallet) -> tuple[Lots, Pages, Lots]:
    """Where the lots behind were not read: what is spent after the last of the first joins them."""
    last = before.open[-1].place
    known = sum(lot.place <= last for lot in after.open)
    own = after.open[: min(known, INLINE)]
    return own, before.pages, after.open[len(own) :]


def _of_whole(before: Wallet, after: Wallet) -> tuple[Lots, Pages, Lots]:
    """Where all are known: pages that are as they were stay, and what others held is loose."""
    own = after.open[: _first(after.open, list(before.pages.standing.values()))]
    rest = set(after.open[len(own) :])
    standing = {number: page for number, page in before.pages.standing.items() if rest >= {*page}}
    kept = {lot for page in standing.values() for lot in page}
    loose = tuple(lot for lot in after.open[len(own) :] if lot not in kept)
    return own, before.pages.left(standing), loose


def _first(open_lots: Lots, pages: Sequence[Lots]) -> int:
    """Return how many lots the wallet itself holds: as many as fit it without parting a page."""
    still = {lot.key for lot in open_lots}
    kept = [still & {lot.key for lot in page} for page in pages]
    for count in range(INLINE, 0, -1):
        first = {lot.key for lot in open_lots[:count]}
        if all(page <= first or page.isdisjoint(first) for page in kept):
            return min(count, len(open_lots))
    return INLINE


def _sheets(loose: Lots) -> Iterator[Lots]:
    """Share out lots to pages. A page has one kind, since what is spent together goes together."""
    for kind in ("promotional", "bonus", "paid"):
        own = tuple(lot for lot in loose if lot.kind == kind)
        for first in range(0, len(own), INLINE):
            yield own[first : first + INLINE]
