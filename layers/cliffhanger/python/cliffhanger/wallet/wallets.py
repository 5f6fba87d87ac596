"""Wallets: one item for each viewer and environment, and more only where there are many lots.

| pk | sk | item |
|---|---|---|
| vwr_... | WALLET | coins by kind, debt, version, and the first lots in spending order |
| vwr_... | WALLET#sandbox | the same for what was bought in the stores' sandbox |
| vwr_... | WALLET...#SUNK | lots whose coins paid a debt, the latest last; see `refunds` |

Lots behind the first ones stand in pages on ledger entries, see `paging`. The version of the wallet
is the condition of every change, also of these and of the sunk lots, and the wallet counts both:
what is read of them and does not add up is read again with the wallet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cliffhanger import bitmaps, dynamo
from cliffhanger.dynamo import Item
from cliffhanger.errors import Busy
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load
from cliffhanger.wallet import lots, request_keys, stored_lots, stored_pages
from cliffhanger.wallet.lots import Kind, Lots
from cliffhanger.wallet.settings import WalletSettings
from cliffhanger.wallet.stored_pages import Pages


class Torn(Busy):
    """A wallet and what stands behind it are not of one moment.

    DynamoDB shows the items of a transaction one by one, if only for a moment: of what was written
    together, a reader may find the wallet new and the rest old, or the other way round.
    """


INLINE = 8
"""As many lots as fit an item of 1 KB with all else in it, or a page."""

_MOST_MERGES = 8  # of a viewer into the next; more is a circle


@dataclass(frozen=True, kw_only=True)
class Wallet:
    """A wallet as it was read. `coins` and `debt` count all lots, also those left unread.

    `has_bought` says whether coins were ever bought, and stays when they were refunded: the first
    pack may bring a bonus of its own. `paid_for` has the keys of the latest charges.
    """

    viewer_id: str
    environment: Environment
    version: int = 0
    coins: Mapping[Kind, int] = field(default_factory=dict)
    debt: int = 0
    open: Lots = ()
    unread: int = 0
    pages: Pages = stored_pages.NONE
    sunk: Lots = ()
    sunk_coins: int = 0
    has_bought: bool = False
    paid_for: bytes = request_keys.NONE
    merged_into: str | None = None


def table() -> str:
    """Return the name of the table that wallets and ledgers stand in."""
    return load(WalletSettings).commerce_table


def sort_key(environment: Environment) -> str:
    """Return the sort key of a wallet."""
    return "WALLET" if environment == "production" else f"WALLET#{environment}"


def place(viewer_id: str, environment: Environment = "production") -> tuple[str, Item]:
    """Return table and key, for those who read the wallet together with something else.

    Read it consistently: an old version refuses coins that have just been bought.
    """
    return table(), dynamo.key(viewer_id, sort_key(environment))


def read(viewer_id: str, environment: Environment = "production") -> Wallet:
    """Return the wallet of a viewer, or of the viewer that they were merged into."""
    item = dynamo.get(*place(viewer_id, environment), consistent=True)
    return current(viewer_id, environment, item)


def current(viewer_id: str, environment: Environment, item: Mapping[str, Any] | None) -> Wallet:
    """Return the wallet of an item that was read, and follow it to where it was merged."""
    *_, last = followed(of_item(viewer_id, environment, item))
    return last


def followed(wallet: Wallet) -> Iterator[Wallet]:
    """Yield a wallet and each that it was merged into, one after the other: the last one counts."""
    for _ in range(_MOST_MERGES):
        yield wallet
        if wallet.merged_into is None:
            return
        wallet = stored(wallet.merged_into, wallet.environment)
    raise ValueError(f"{wallet.viewer_id} is merged in a circle")


def stored(viewer_id: str, environment: Environment) -> Wallet:
    """Return the wallet of this very viewer, though it may have been merged into another."""
    item = dynamo.get(*place(viewer_id, environment), consistent=True)
    return of_item(viewer_id, environment, item)


def of_item(viewer_id: str, environment: Environment, item: Mapping[str, Any] | None) -> Wallet:
    """Return a wallet as it is stored. Who never had a coin has an empty one of version 0."""
    found = item or {}
    first, end = found.get("pages", (0, 0))
    return Wallet(
        viewer_id=viewer_id,
        environment=environment,
        version=found.get("version", 0),
        coins={kind: found.get(kind, 0) for kind in ("promotional", "bonus", "paid")},
        debt=found.get("debt", 0),
        open=tuple(map(stored_lots.decode, found.get("lots", ()))),
        unread=found.get("overflow", 0),
        pages=Pages(first=first, end=end, emptied=found.get("emptied", bitmaps.EMPTY)),
        sunk_coins=found.get("sunk", 0),
        has_bought=found.get("bought", False),
        paid_for=found.get("keys", request_keys.NONE),
        merged_into=found.get("merged_into"),
    )


def whole(wallet: Wallet) -> Wallet:
    """Return a wallet with all of its lots. It costs one more query where there are many.

    Raises:
        Torn: the lots are not those that the wallet counts.
    """
    if wallet.unread:
        standing = stored_pages.read(table(), wallet.viewer_id, wallet.environment, wallet.pages)
        rest = [lot for page in standing.values() for lot in page]
        if len(rest) != wallet.unread:
            raise Torn("The wallet was changing while it was read. Try again.")
        pages = replace(wallet.pages, standing=standing)
        wallet = replace(wallet, open=lots.ordered([*wallet.open, *rest]), unread=0, pages=pages)
    if wallet.sunk_coins and not wallet.sunk:
        item = dynamo.get(table(), sunk_key(wallet), consistent=True) or {}
        wallet = replace(wallet, sunk=tuple(map(stored_lots.decode, item.get("lots", ()))))
        if lots.held(wallet.sunk) != wallet.sunk_coins:
            raise Torn("The wallet was changing while it was read. Try again.")
    return wallet


def may_hide_expired(wallet: Wallet, now: int) -> bool:
    """Whether lots that were not read may have expired by a time, since all before them have."""
    return bool(wallet.unread) and all(lot.is_expired(now) for lot in wallet.open)


def receiving(wallet: Wallet, now: int) -> Wallet:
    """Return a wallet with what must be known before new coins come to it: mostly what it holds.

    A new lot belongs among the first ones, or behind those that were not read. Coins that pay a
    debt are added to those that did before. What has expired is written off first, all of it, so
    that nothing of it lies behind the new lot.

    Raises:
        Torn: as `whole` does.
    """
    return whole(wallet) if wallet.debt or may_hide_expired(wallet, now) else wallet


def sunk_key(wallet: Wallet) -> Item:
    """Return the key of a wallet's sunk lots."""
    return dynamo.key(wallet.viewer_id, f"{sort_key(wallet.environment)}#SUNK")
