"""Lots: where each coin came from, and what it is worth. Nothing here reads or writes.

| field | |
|---|---|
| id | the purchase (`pur_...`) or the ledger entry (`led_...`) that the coins came from |
| kind | promotional, bonus or paid; a purchase has a lot of each of the last two |
| coins, first | what is left, and what there was at first |
| expires_at | promotional coins alone; in seconds since 1970, None for never |
| value | what all of `first` was sold for; paid coins of a store alone |
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["promotional", "bonus", "paid"]

_NEVER = 1 << 62


@dataclass(frozen=True, kw_only=True)
class Value:
    """Money behind coins, in millionths of a currency. The net is estimated, see `shares`."""

    gross_micros: int
    net_micros: int
    currency: str
    storefront: str | None
    shares_version: int


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Coins of one origin and one kind."""

    id: str
    kind: Kind
    coins: int
    first: int
    expires_at: int | None = None
    value: Value | None = None

    @property
    def key(self) -> tuple[str, Kind]:
        """What tells a lot from all others of a wallet."""
        return self.id, self.kind

    @property
    def place(self) -> tuple[int, int, str, str]:
        """Where it stands among others in the order of spending.

        Promotional that expires soonest, then bonus, then paid; the oldest first.
        """
        rank = ("promotional", "bonus", "paid").index(self.kind)
        expires_at = _NEVER if self.expires_at is None else self.expires_at
        return rank, expires_at, self.id.rpartition("_")[2], self.id

    def is_expired(self, now: int) -> bool:
        """Tell whether these coins can no longer be spent, at a time in seconds since 1970."""
        return self.expires_at is not None and self.expires_at <= now

    def worth(self, coins: int) -> tuple[int, int]:
        """Return gross and net of what is left when these many coins are.

        What a lot gives up is the difference of two such figures, so the parts of a lot add up to
        its price to the last millionth, however it is cut.
        """
        if self.value is None:
            return 0, 0
        gone = self.first - coins
        gross, net = self.value.gross_micros, self.value.net_micros
        return gross - gross * gone // self.first, net - net * gone // self.first


Lots = tuple[Lot, ...]
"""Open lots in the order in which they are spent."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """Coins that came to a lot or, below zero, left it, and the value that went with them."""

    id: str
    kind: Kind
    coins: int
    value: Value | None


def ordered(lots: Iterable[Lot]) -> Lots:
    """Return lots in the order in which they are spent."""
    return tuple(sorted(lots, key=lambda lot: lot.place))


def moved(lots: Lots, lot: Lot, coins: int) -> tuple[Lots, Move]:
    """Add coins to a lot, or take them when below zero; open it when it is not open.

    Raises:
        ValueError: the lot would hold less than nothing. More than it ever did is no error: that
            comes of a purchase that was read before somebody else granted it, and its record, which
            is in the same transaction, refuses it.
    """
    open_lot = next((one for one in lots if one.key == lot.key), replace(lot, coins=0))
    after = replace(open_lot, coins=open_lot.coins + coins)
    if after.coins < 0:
        raise ValueError(f"lot {lot.id} cannot hold {after.coins} coins")
    rest = [one for one in lots if one.key != lot.key]
    move = Move(id=lot.id, kind=lot.kind, coins=coins, value=_moved_value(open_lot, after.coins))
    return ordered([*rest, after] if after.coins else rest), move


def _moved_value(lot: Lot, after: int) -> Value | None:
    if lot.value is None:
        return None
    gross_before, net_before = lot.worth(lot.coins)
    gross, net = lot.worth(after)
    return replace(lot.value, gross_micros=gross - gross_before, net_micros=net - net_before)


def plan(lots: Iterable[Lot], coins: int) -> list[tuple[Lot, int]]:
    """Return how many coins to take of which lots, in their order, to get as near as they go."""
    found = []
    for lot in lots:
        part = min(lot.coins, coins)
        if part:
            found.append((lot, part))
        coins -= part
    return found


def of(lots: Iterable[Lot], lot_id: str) -> Counter[Kind]:
    """Return how many coins of one origin there are in lots, by kind."""
    return Counter({lot.kind: lot.coins for lot in lots if lot.id == lot_id})


def held(lots: Iterable[Lot]) -> int:
    """Return how many coins there are in lots."""
    return sum(lot.coins for lot in lots)
