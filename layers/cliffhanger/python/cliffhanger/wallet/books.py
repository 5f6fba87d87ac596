"""The books: what a ledger adds up to, and where a wallet disagrees. Nothing here reads."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cliffhanger.wallet import lots
from cliffhanger.wallet.entries import Entry
from cliffhanger.wallet.lots import Kind
from cliffhanger.wallet.wallets import Wallet

_KINDS: tuple[Kind, ...] = ("paid", "bonus", "promotional")


@dataclass(frozen=True, kw_only=True)
class Books:
    """What a ledger adds up to: the viewer's accounts, and the coins of each open lot."""

    accounts: Counter[str]
    lots: Counter[tuple[str, Kind]]


def recompute(some: Iterable[Entry]) -> Books:
    """Add up entries, in any order."""
    accounts: Counter[str] = Counter()
    found: Counter[tuple[str, Kind]] = Counter()
    for entry in some:
        accounts.update(entry.postings)
        for move in entry.moves:
            found[move.id, move.kind] += move.coins
    return Books(accounts=accounts, lots=found)


def faults(wallet: Wallet, some: Iterable[Entry]) -> Iterator[str]:
    """Yield a sentence for each thing in which a wallet and its entries disagree."""
    books = recompute(some)
    for kind in _KINDS:
        if wallet.coins[kind] != books.accounts[kind]:
            yield f"{kind}: the wallet says {wallet.coins[kind]}, the ledger {books.accounts[kind]}"
        if wallet.coins[kind] < 0:
            yield f"{kind}: below zero"
        held = lots.held(lot for lot in wallet.open if lot.kind == kind)
        if held != wallet.coins[kind]:
            yield f"{kind}: the wallet says {wallet.coins[kind]}, its lots {held}"
    if wallet.debt != -books.accounts["debt"]:
        yield f"debt: the wallet says {wallet.debt}, the ledger {-books.accounts['debt']}"
    if wallet.debt < 0:
        yield "debt: below zero"
    if lots.held(wallet.sunk) != wallet.sunk_coins:
        yield f"sunk: the wallet says {wallet.sunk_coins}, its lots {lots.held(wallet.sunk)}"
    there = Counter({lot.key: lot.coins for lot in wallet.open})
    for key in sorted({*there, *books.lots}):
        if there[key] != books.lots[key]:
            yield f"lot {key}: the wallet says {there[key]}, the ledger {books.lots[key]}"
