"""Wallets: one item for each viewer and environment, and more only where there are many lots.

| pk | sk | item |
|---|---|---|
| vwr_... | WALLET | coins by kind, debt, version, and the first lots in spending order |
| vwr_... | WALLET#sandbox | the same for what was bought in the stores' sandbox |
| vwr_... | WALLET...#LOTS#001 | a page of the lots behind them, in no order |
| vwr_... | WALLET...#LOTS#SUNK | lots whose coins paid a debt, the latest last; see `refunds` |

The version of the wallet is the condition of every change, also of the items beside it. So what is
read of those after the wallet may be newer than it, and then the change fails and is tried again.

A page whose lots have all moved up into the wallet, or are gone, is named there as `emptied` and
not written: so an unlock writes no page, however many lots there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cliffhanger import dynamo
from cliffhanger.dynamo import Item
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load
from cliffhanger.tables import SK
from cliffhanger.wallet import lots, stored_lots
from cliffhanger.wallet.lots import Kind, Lots
from cliffhanger.wallet.settings import WalletSettings

INLINE = 8
"""As many lots as fit an item of 1 KB with all else in it, or a page."""

SUNK = "SUNK"
_MOST_MERGES = 8  # of a viewer into the next; more is a circle


@dataclass(frozen=True, kw_only=True)
class Wallet:
    """A wallet as it was read. `coins` and `debt` count all lots, also those left unread.

    `has_bought` says whether coins were ever bought, and stays when they were refunded: the first
    pack may bring a bonus of its own.
    """

    viewer_id: str
    environment: Environment
    version: int = 0
    coins: Mapping[Kind, int] = field(default_factory=dict)
    debt: int = 0
    open: Lots = ()
    unread: int = 0
    pages: tuple[Lots, ...] = ()
    emptied: frozenset[int] = frozenset()
    sunk: Lots = ()
    sunk_coins: int = 0
    has_bought: bool = False
    merged_into: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every lot has been read."""
        return self.unread == 0 and lots.held(self.sunk) == self.sunk_coins


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
    wallet = of_item(viewer_id, environment, item)
    for _ in range(_MOST_MERGES):
        if wallet.merged_into is None:
            return wallet
        wallet = stored(wallet.merged_into, environment)
    raise ValueError(f"{viewer_id} is merged in a circle")


def stored(viewer_id: str, environment: Environment) -> Wallet:
    """Return the wallet of this very viewer, though it may have been merged into another."""
    item = dynamo.get(*place(viewer_id, environment), consistent=True)
    return of_item(viewer_id, environment, item)


def of_item(viewer_id: str, environment: Environment, item: Mapping[str, Any] | None) -> Wallet:
    """Return a wallet as it is stored. Who never had a coin has an empty one of version 0."""
    found = item or {}
    return Wallet(
        viewer_id=viewer_id,
        environment=environment,
        version=found.get("version", 0),
        coins={kind: found.get(kind, 0) for kind in ("promotional", "bonus", "paid")},
        debt=found.get("debt", 0),
        open=tuple(map(stored_lots.decode, found.get("lots", ()))),
        unread=found.get("overflow", 0),
        emptied=frozenset(found.get("emptied", ())),
        sunk_coins=found.get("sunk", 0),
        has_bought=found.get("bought", False),
        merged_into=found.get("merged_into"),
    )


def whole(wallet: Wallet) -> Wallet:
    """Return a wallet with all of its lots. It costs one more query where there are many."""
    if wallet.is_whole:
        return wallet
    prefix = f"{sort_key(wallet.environment)}#LOTS#"
    found = {
        item[SK].removeprefix(prefix): tuple(map(stored_lots.decode, item["lots"]))
        for item in dynamo.query(table(), wallet.viewer_id, prefix=prefix, consistent=True)
    }
    sunk = found.pop(SUNK, ())
    pages = tuple(
        () if place in wallet.emptied else found[number]
        for place, number in enumerate(sorted(found))
    )
    rest = (lot for page in pages for lot in page)
    return replace(
        wallet, open=lots.ordered([*wallet.open, *rest]), unread=0, pages=pages, sunk=sunk
    )
