"""What a refunded pack has opened stays or goes, by the policy of the stage."""

from collections.abc import Sequence
from functools import partial

from cliffhanger import dynamo
from cliffhanger.dynamo import Write
from cliffhanger.entitlements import refunded
from cliffhanger.errors import Busy
from cliffhanger.purchases import records
from cliffhanger.purchases.records import Record, Todo
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.settings import load
from cliffhanger.wallet import changes, refunds, wallets
from cliffhanger.wallet.changes import Change

_RECORD = 0  # its place among the writes that join those of the wallet
_MOST = 1_000  # rounds; a change of unlocks by somebody else takes one too


def go() -> bool:
    """Whether the stage closes what refunded coins have opened."""
    return load(PurchaseSettings).refunded_unlocks == "go"


def close(wanted: Record) -> Record:
    """Close what the refunded coins have opened, as far as it is worth no more than is refunded.

    It is done before the refund, which then finds these coins in their lots. Whoever dies between
    the two has closed a part, and whoever comes next goes on; meanwhile the coins are the viewer's.

    Args:
        wanted: the record with the share that is to be taken.

    Returns:
        The record as it stands then: each transaction holds on its version.

    Raises:
        ConditionFailed: the record was changed meanwhile.
        Busy: others went on changing wallet or unlocks.
    """
    for _ in range(_MOST):
        try:
            changes.commit(partial(_closing, wanted))
        except _NothingLeft:
            return wanted
        except dynamo.ConditionFailed as error:
            if _RECORD in error.failed:
                raise
            continue  # another charge for the drama was faster
        wanted = wanted.model_copy(update={"version": wanted.version + 1})
    raise Busy("Others are changing the same unlocks. Send it again.")


def reopen(done: Record) -> None:
    """Open again what was closed, when the store has taken its refund back.

    Raises:
        Busy: others went on changing wallet or unlocks.
    """
    if done.bought and done.viewer_id:
        refunded.reopen(done.viewer_id, done.environment, done.bought)


def reopening(before: Record, taken: refunds.Taken) -> tuple[Todo, ...]:
    """Return what is left to do after a refund of which less is taken than before."""
    return ("reopen",) if go() and taken.share < before.taken.share else ()


def _closing(wanted: Record) -> tuple[Change, Sequence[Write]]:
    bought, viewer_id = wanted.bought, wanted.viewer_id
    assert bought is not None  # noqa: S101 - nobody is asked to give back what was not granted
    assert viewer_id is not None  # noqa: S101 - nobody is granted nothing
    wallet = wallets.whole(wallets.read(viewer_id, wanted.environment))
    due = refunds.missing(wallet, bought, wanted.taken, wanted.refunded)
    owed = wanted.taken.debt
    closing = refunded.close(wallet, bought, due=due, owed=owed, key=wanted.turn) if due else None
    if closing is None:
        raise _NothingLeft
    return closing.change, [records.write(wanted, after=wanted.version), *closing.writes]


class _NothingLeft(Exception):  # noqa: N818 - all that goes has gone
    pass
