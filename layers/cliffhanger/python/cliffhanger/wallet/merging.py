"""Merging: a guest's wallet goes into an account's, with all its lots and debt.

The guest's wallet then names the account, and whoever reads it is led there: a notification that
still knows the guest alone finds the right wallet. A change that had read a wallet of either before
fails on its version, also where there had been no wallet yet: the account must not pay for what its
guest has unlocked, with whichever coins.
"""

from dataclasses import replace
from datetime import datetime

from cliffhanger import clock
from cliffhanger.dynamo import Write
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import changes, wallets
from cliffhanger.wallet.changes import Writes
from cliffhanger.wallet.draft import Draft
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.wallets import Wallet

_ENVIRONMENTS: tuple[Environment, ...] = ("production", "sandbox")


class MergedElsewhere(Exception):  # noqa: N818 - it says what is
    """The guest was merged into another account before."""


def merge(guest_id: str, account_id: str) -> None:
    """Merge both wallets of a guest. Again changes nothing.

    Raises:
        MergedElsewhere: the guest's wallet went into another account's.
        Busy: others went on changing the wallets. Nothing was written.
    """
    changes.commit(lambda: (merge_writes(guest_id, account_id, now=clock.now()), ()))


def merge_writes(guest_id: str, account_id: str, *, now: datetime) -> Writes:
    """Return the writes that merge both wallets of a guest; none when that was done before.

    No coin is lost, and no debt is paid by it: totals and debt add up, kind by kind.

    Raises:
        MergedElsewhere: the guest's wallet went into another account's.
    """
    found: list[Write] = []
    for environment in _ENVIRONMENTS:
        account = wallets.read(account_id, environment)
        guest = wallets.stored(guest_id, environment)
        if account.viewer_id == guest_id:
            raise MergedElsewhere(f"{account_id} was merged into {guest_id}")
        if guest.merged_into is None:
            found += _merge(wallets.whole(guest), wallets.whole(account), now)
        elif wallets.read(guest_id, environment).viewer_id != account.viewer_id:
            raise MergedElsewhere(f"{guest_id} was merged into {guest.merged_into}")
    return Writes(writes=tuple(found))


def _merge(guest: Wallet, account: Wallet, now: datetime) -> tuple[Write, ...]:
    key = f"merge#{guest.viewer_id}"
    there, here = Draft(guest, now, key), Draft(account, now, key)
    left = there.wallet
    if guest.version:  # a guest who has spent all of it is named too: their unlocks are ours now
        out = [there.move(lot, -lot.coins) for lot in left.open]
        came = [here.move(lot, lot.coins) for lot in left.open]
        to, source = Cause("viewer", account.viewer_id), Cause("viewer", guest.viewer_id)
        there.record("merge_out", to, out, debt=-left.debt, against="merged")
        here.record("merge_in", source, came, debt=left.debt, against="merged")
        sunk = (*here.wallet.sunk, *left.sunk)
        here.wallet = replace(
            here.wallet, sunk=sunk, sunk_coins=here.wallet.sunk_coins + left.sunk_coins
        )
        there.wallet = replace(there.wallet, sunk=(), sunk_coins=0)
    has_bought = here.wallet.has_bought or left.has_bought
    here.wallet = replace(here.wallet, has_bought=has_bought)
    there.wallet = replace(there.wallet, merged_into=account.viewer_id)
    return (
        *changes.writes(guest, there.wallet, there.entries),
        *changes.writes(account, here.wallet, here.entries),
    )
