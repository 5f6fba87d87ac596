"""Refunds: a purchase's coins go back to the store, and come again when the refund is reversed.

A refund is told as the share of the purchase that has been given back by now, so hearing the same
twice changes nothing. `Taken` is what came of the last one; it stays with the purchase, and is
written in the same transaction on the condition that it is still what was read.

Coins leave the purchase's own lots first, in the proportion in which they were bought where they
go. What has been spent becomes debt. Later grants pay debt, and the coins that do are remembered
as sunk. So a reversal gives back exactly what was taken: lots, then debt, then the sunk coins with
the value they had; nothing is worth anything twice.
"""

from datetime import datetime

from pydantic import ConfigDict, Field

from cliffhanger.model import Model
from cliffhanger.purchases.store import WHOLE
from cliffhanger.wallet import lots, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Move
from cliffhanger.wallet.wallets import Wallet


class Taken(Model):
    """What refunds have taken of a purchase by now: a share, and how that share was taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: int = Field(default=0, ge=0, le=WHOLE, description="In thousandths of a percent.")
    paid: int = Field(default=0, ge=0, description="Coins from the purchase's paid lot.")
    bonus: int = Field(default=0, ge=0, description="Coins from the purchase's bonus lot.")
    debt: int = Field(default=0, ge=0, description="Coins that were spent and became debt.")

    @property
    def coins(self) -> int:
        """All that was taken, in coins."""
        return self.paid + self.bonus + self.debt


def take_back(
    wallet: Wallet, bought: Bought, earlier: Taken, share: int, *, key: str, now: datetime
) -> tuple[Change, Taken] | None:
    """Return the change that takes a greater share of a purchase than was taken earlier.

    Args:
        wallet: of the viewer to whom the purchase was granted.
        bought: what was granted.
        earlier: what the purchase's record says was taken.
        share: what is refunded by now, in thousandths of a percent of the purchase, rounded down;
            whole pieces are taken whole, and parts of a coin stay with the viewer.
        key: the store's key of the purchase, and the version of its record.
        now: the time of the entry.

    Returns:
        The change and what the record must say then, or None when not one more coin is to be
        taken.
    """
    due = _due(bought, share) - earlier.coins
    if due <= 0:
        return None
    draft = Draft(wallets.whole(wallet), now, key)
    still = lots.of(draft.wallet.open, bought.purchase_id)
    want_paid = max(0, _part(bought.coins, bought, share) - earlier.paid)
    from_paid = min(due, want_paid, still["paid"])
    from_bonus = min(due - from_paid, still["bonus"])
    from_paid += min(due - from_paid - from_bonus, still["paid"] - from_paid)
    debt = due - from_paid - from_bonus
    moves = _moves(draft, bought, -from_paid, -from_bonus)
    cause = Cause("purchase", bought.purchase_id)
    entry = draft.record("refund", cause, moves, debt=debt, against="store")
    return draft.change(entry), Taken(
        share=share,
        paid=earlier.paid + from_paid,
        bonus=earlier.bonus + from_bonus,
        debt=earlier.debt + debt,
    )


def missing(wallet: Wallet, bought: Bought, earlier: Taken, share: int) -> int:
    """Return how many coins a refund would find spent. Takes what `take_back` does."""
    mine = lots.of(wallets.whole(wallet).open, bought.purchase_id)
    return max(0, _due(bought, share) - earlier.coins - mine.total())


def give_back(
    wallet: Wallet, bought: Bought, earlier: Taken, share: int = 0, *, key: str, now: datetime
) -> tuple[Change, Taken] | None:
    """Return the change that undoes a refund, down to a smaller share or wholly.

    Takes and returns what `take_back` does. Debt goes first; what of it has been paid comes back
    as the coins that paid it.
    """
    due = earlier.coins - _due(bought, share)
    if due <= 0:
        return None
    draft = Draft(wallets.whole(wallet), now, key)
    debt = min(due, earlier.debt)
    to_paid = min(due - debt, max(0, earlier.paid - _part(bought.coins, bought, share)))
    to_bonus = min(due - debt - to_paid, earlier.bonus)
    to_paid = due - debt - to_bonus
    owed = min(debt, draft.wallet.debt)
    moves = _moves(draft, bought, to_paid, to_bonus) + draft.raise_sunk(debt - owed)
    cause = Cause("purchase", bought.purchase_id)
    entry = draft.record("refund_reversed", cause, moves, debt=-owed, against="store")
    return draft.change(entry), Taken(
        share=share,
        paid=earlier.paid - to_paid,
        bonus=earlier.bonus - to_bonus,
        debt=earlier.debt - debt,
    )


def _due(bought: Bought, share: int) -> int:
    return _part(bought.coins + bought.bonus_coins, bought, share)


def _part(coins: int, bought: Bought, share: int) -> int:
    """Return the share of some coins. Parts of a coin stay with the viewer.

    A third is no number of thousandths of a percent. So the share of a number of pieces, which is
    rounded down, takes exactly these: a thousand pieces at the most have shares far apart.
    """
    pieces = -(-share * bought.pieces // WHOLE)
    if pieces * WHOLE // bought.pieces == share:
        return coins * pieces // bought.pieces
    return coins * share // WHOLE


def _moves(draft: Draft, bought: Bought, paid: int, bonus: int) -> list[Move]:
    bonus_lot, paid_lot = bought.lots
    both = ((bonus_lot, bonus), (paid_lot, paid))
    return [draft.move(lot, coins) for lot, coins in both if coins]
