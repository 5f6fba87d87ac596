"""What a refunded purchase's coins have opened: closed again, and opened once more.

Closing is one transaction of the wallet, its ledger entries and the unlocks, for some unlocks at a
time. The coins lie in the purchase's lots then, and the refund takes them there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cliffhanger import clock, dynamo
from cliffhanger.dynamo import Write
from cliffhanger.entitlements import unlocks
from cliffhanger.entitlements.unlocks import LastCharge, Unlocks
from cliffhanger.errors import Busy
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import changes, undoing, wallets
from cliffhanger.wallet.changes import Change
from cliffhanger.wallet.entries import Cause, Entry
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.undoing import History, Paid
from cliffhanger.wallet.wallets import Wallet

_AT_ONCE = 20  # entries: with wallet, record and unlocks far below a hundred writes
_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Closing:
    """The next of what is to be closed, as writes that join a transaction."""

    change: Change
    writes: Sequence[Write]


def close(wallet: Wallet, bought: Bought, *, due: int, owed: int, key: str) -> Closing | None:
    """Return what closes the latest unlocks that a purchase alone paid for, or None for none.

    Args:
        wallet: of the viewer whose the purchase is, read a moment ago.
        bought: the purchase.
        due: how many coins the refund would find spent.
        owed: how many it has found spent before, and made a debt. No more than both come back.
        key: what makes it happen once.
    """
    some = list(undoing.entries_of(wallet.viewer_id, wallet.environment))
    past = undoing.history(some, bought.purchase_id)
    chosen = _chosen(past.standing, due + min(owed, wallet.debt))
    if not chosen:
        return None
    return Closing(
        change=undoing.undo(wallet, bought, chosen, due=due, key=key, now=clock.now()),
        writes=_closed(_owners(wallet.viewer_id, some), wallet.environment, past, chosen),
    )


def reopen(viewer_id: str, environment: Environment, bought: Bought) -> None:
    """Open again what was closed, where the purchase's coins are there again to pay for it.

    What was closed last, the oldest, comes first. What was paid for otherwise meanwhile is left
    alone. Doing it again opens the rest.

    Raises:
        Busy: others went on changing wallet or unlocks.
    """
    owner = wallets.read(viewer_id, environment).viewer_id
    past = undoing.history(undoing.entries_of(owner, environment), bought.purchase_id)
    for paid in reversed(past.undone):
        _reopen(owner, environment, bought, paid)


def _chosen(standing: Sequence[Paid], coins: int) -> list[Paid]:
    """Return the latest that are worth no more than these coins, as many as go at once."""
    found: list[Paid] = []
    for paid in reversed(standing):
        if paid.total <= coins and len(found) < _AT_ONCE:
            found.append(paid)
            coins -= paid.total
    return found


def _owners(viewer_id: str, some: Iterable[Entry]) -> list[str]:
    """Return the viewer and all guests who joined them, each before whom they joined.

    A merge that is under way moves unlocks from one to the next. Read in this order, what is moved
    meanwhile is seen twice rather than not at all, and the guest's version then fails.
    """
    joined = [entry.cause.id for entry in some if entry.kind == "merge_in"]
    return [*reversed(dict.fromkeys(joined)), viewer_id]


def _closed(
    owners: Sequence[str], environment: Environment, past: History, chosen: Sequence[Paid]
) -> list[Write]:
    """Return the writes of unlocks, of each drama and owner that has some of it open."""
    left = past.others | {paid.cause.id for paid in past.standing if paid not in chosen}
    charges = {paid.entry_id for paid in chosen}
    found = []
    for drama_id in dict.fromkeys(_drama(paid.cause) for paid in chosen):
        gone = [one.cause for one in chosen if _drama(one.cause) == drama_id]
        slots = [_slot(cause) for cause in gone if cause.id not in left]
        other = _bought_whole(owners[-1], environment, drama_id) if None in slots else None
        for viewer_id in owners:
            before = _read(viewer_id, drama_id)
            after = before.closed(
                [slot for slot in slots if slot is not None],
                environment,
                whole=None in slots,
                other=other,
                charges=charges,
            )
            if after != before:
                found.append(unlocks.write(viewer_id, before, after))
    return found


def _bought_whole(viewer_id: str, closing: Environment, drama_id: str) -> Environment | None:
    """Return the other environment, if its coins have bought the whole drama too.

    That takes two viewers, one of whom has joined the other: unlocks name one of the purchases.
    """
    other: Environment = "sandbox" if closing == "production" else "production"
    standing = undoing.history(undoing.entries_of(viewer_id, other), "").others
    return other if drama_id in standing else None


def _reopen(viewer_id: str, environment: Environment, bought: Bought, paid: Paid) -> None:
    slot = _slot(paid.cause)

    def prepare() -> tuple[Change, list[Write]]:
        before = _read(viewer_id, _drama(paid.cause))
        wallet = wallets.read(viewer_id, environment)
        change = undoing.redo(wallet, bought, paid, now=clock.now())
        is_open = before.whole is not None if slot is None else before.opens(slot)
        if change is None or is_open:
            raise _StaysClosed
        last = LastCharge.of(
            coins=paid.total, environment=environment, entry_id=change.entry.id, key=None
        )
        after = before.after([] if slot is None else [slot], last, whole=slot is None)
        return change, [unlocks.write(viewer_id, before, after)]

    for _ in range(_TRIES):
        try:
            changes.commit(prepare)
        except _StaysClosed:
            return
        except dynamo.ConditionFailed:  # another charge for this drama was faster
            continue
        else:
            return
    raise Busy("Others are unlocking the same drama. Nothing was opened; try again.")


class _StaysClosed(Exception):  # noqa: N818 - it is open, or there are no coins for it
    pass


def _drama(cause: Cause) -> str:
    return cause.id.partition("/")[0]


def _slot(cause: Cause) -> int | None:
    slot = cause.id.partition("/")[2]
    return int(slot) if slot else None


def _read(viewer_id: str, drama_id: str) -> Unlocks:
    item = dynamo.get(*unlocks.place(viewer_id, drama_id), consistent=True)
    return unlocks.of_item(drama_id, item)
