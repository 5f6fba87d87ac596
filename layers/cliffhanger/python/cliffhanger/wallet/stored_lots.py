"""Lots and moves as they are stored: as lists, since eight maps of each would not fit 1 KB.

A lot is `[id, kind, coins, first, expires_at]`, a move `[id, kind, coins]`. Where there is a value,
gross, net, currency, storefront and the version of the store shares follow. A kind is one letter.
"""

from collections.abc import Sequence
from typing import Any

from cliffhanger.wallet.lots import Kind, Lot, Move, Value

_LETTERS: dict[Kind, str] = {"promotional": "m", "bonus": "b", "paid": "p"}
_KINDS: dict[str, Kind] = {letter: kind for kind, letter in _LETTERS.items()}


def encode(lot: Lot) -> list[Any]:
    """Return a lot as it is stored."""
    return [lot.id, _LETTERS[lot.kind], lot.coins, lot.first, lot.expires_at, *_money(lot.value)]


def decode(stored: Sequence[Any]) -> Lot:
    """Return a lot as it was stored."""
    lot_id, letter, coins, first, expires_at, *money = stored
    value = _value(money)
    kind = _KINDS[letter]
    return Lot(id=lot_id, kind=kind, coins=coins, first=first, expires_at=expires_at, value=value)


def encode_move(move: Move) -> list[Any]:
    """Return a move as it is stored."""
    return [move.id, _LETTERS[move.kind], move.coins, *_money(move.value)]


def decode_move(stored: Sequence[Any]) -> Move:
    """Return a move as it was stored."""
    lot_id, letter, coins, *money = stored
    return Move(id=lot_id, kind=_KINDS[letter], coins=coins, value=_value(money))


def _money(value: Value | None) -> list[Any]:
    if value is None:
        return []
    return [
        value.gross_micros,
        value.net_micros,
        value.currency,
        value.storefront,
        value.shares_version,
    ]


def _value(money: Sequence[Any]) -> Value | None:
    if not money:
        return None
    gross, net, currency, storefront, version = money
    return Value(
        gross_micros=gross,
        net_micros=net,
        currency=currency,
        storefront=storefront,
        shares_version=version,
    )
