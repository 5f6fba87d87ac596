"""Grants: coins that come in. What is owed is paid first."""

from dataclasses import replace
from datetime import datetime

from pydantic import ConfigDict, Field

from cliffhanger.model import Model
from cliffhanger.wallet import wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause, Order
from cliffhanger.wallet.lots import Lot, Value
from cliffhanger.wallet.wallets import Wallet


class Bought(Model):
    """What a purchase brings. It stays with the purchase, since a refund needs it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purchase_id: str
    coins: int = Field(ge=0, description="Of the whole purchase: times the quantity already.")
    bonus_coins: int = Field(default=0, ge=0)
    value: Value | None = Field(
        default=None, description="Of the whole purchase; None when its price was not told."
    )
    pieces: int = Field(
        default=1,
        ge=1,
        exclude=True,
        description="By how many a refund may be counted. Not kept: the purchase's record knows.",
    )

    @property
    def lots(self) -> tuple[Lot, Lot]:
        """Its two lots when they are full: bonus and paid. Neither ever expires."""
        paid = Lot(
            id=self.purchase_id, kind="paid", coins=self.coins, first=self.coins, value=self.value
        )
        bonus = replace(paid, kind="bonus", coins=self.bonus_coins, first=self.bonus_coins)
        return replace(bonus, value=None), paid


def grant(wallet: Wallet, bought: Bought, *, key: str, now: datetime) -> Change:
    """Return the change that gives a purchase's coins. `key` is the store's key of the purchase.

    Whether this purchase was granted before is the business of the purchase's own record, which
    must be created in the same transaction.
    """
    draft = Draft(wallets.receiving(wallet, int(now.timestamp())), now, key)
    cause = Cause("purchase", bought.purchase_id)
    came = [lot for lot in bought.lots if lot.coins]
    moves = [draft.move(lot, lot.coins) for lot in came]
    entry = draft.record("purchase", cause, moves, against="store")
    draft.pay_debt(came, cause)
    draft.wallet = replace(draft.wallet, has_bought=True)
    return draft.change(entry)


def promote(
    wallet: Wallet,
    coins: int,
    *,
    expires_at: datetime | None,
    cause: Cause,
    key: str,
    now: datetime,
    order: Order | None = None,
) -> Change:
    """Return the change that gives promotional coins.

    Args:
        wallet: to whom.
        coins: how many, at least one.
        expires_at: from when on they cannot be spent; None for never.
        cause: the campaign, or the operator.
        key: the hash of an Idempotency-Key, or the campaign's own. Whoever gives the same twice is
            stopped by a condition of the caller's own.
        now: the time of the entry.
        order: the operator and the reason, when a person gave the order.
    """
    draft = Draft(wallets.receiving(wallet, int(now.timestamp())), now, key)
    lot = Lot(
        id=draft.next_id,
        kind="promotional",
        coins=coins,
        first=coins,
        expires_at=None if expires_at is None else int(expires_at.timestamp()),
    )
    move = draft.move(lot, coins)
    entry = draft.record("promotion", cause, [move], against="promotions", order=order)
    draft.pay_debt([lot], cause)
    return draft.change(entry)
