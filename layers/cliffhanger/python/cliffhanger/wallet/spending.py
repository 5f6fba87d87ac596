"""Spending: one conditional write of the wallet and one ledger entry."""

from dataclasses import replace
from datetime import datetime

from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.wallet import lots, request_keys, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.errors import InsufficientCoins
from cliffhanger.wallet.wallets import Wallet


def spend(
    wallet: Wallet,
    price: int,
    *,
    cause: Cause,
    key: str,
    now: datetime,
    request: IdempotencyKey | None = None,
) -> Change:
    """Return the change that takes a price: promotional that expires soonest, bonus, then paid.

    The entry's `moves` say which lots paid, and with what value. What is unlocked belongs into the
    same transaction, on the condition that it was locked: that makes it one charge. Debt does not
    stop a viewer from spending what they have. The wallet remembers the key of the `request`.

    Raises:
        InsufficientCoins: there is less. The wallet must have been read consistently.
    """
    if price < 1:
        raise ValueError("what costs nothing is not paid for")
    seconds = int(now.timestamp())
    there = lots.held(lot for lot in wallet.open if not lot.is_expired(seconds))
    if wallet.unread and there <= price:  # the next lots move up
        wallet = wallets.whole(wallet)
    draft = Draft(wallet, now, key)
    balance = draft.spendable("promotional", "bonus", "paid")
    if balance < price:
        raise InsufficientCoins(
            f"This costs {price} coins and there are {balance}.", price=price, balance=balance
        )
    if request:
        keys = request_keys.including(draft.wallet.paid_for, request)
        draft.wallet = replace(draft.wallet, paid_for=keys)
    moves = draft.take(price, "promotional", "bonus", "paid")
    return draft.change(draft.record("unlock", cause, moves, against="spent"))
