"""The transactions of a coin pack: its record together with the wallet, on the record's version."""

from collections.abc import Sequence

from cliffhanger import clock, dynamo, metrics
from cliffhanger.metrics import Metric
from cliffhanger.purchases import records, refunded_unlocks
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Record, Todo
from cliffhanger.purchases.store import WHOLE
from cliffhanger.wallet import changes, grants, refunds, shares, wallets
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Value
from cliffhanger.wallet.wallets import Wallet


def grant(
    wanted: Record,
    viewer_id: str,
    product: Product,
    seen: Wallet | None = None,
) -> Record:
    """Give a pack's coins.

    Args:
        wanted: the record as it was read, with the store's latest facts.
        viewer_id: whose it is.
        product: what was bought.
        seen: the viewer's wallet, if it was read with the record. It is read again when it has
            changed since.

    Raises:
        ConditionFailed: the record was changed meanwhile.
        Busy: others went on changing the wallet.
    """
    made: list[Record] = []
    fresh = [seen] if seen else []

    def prepare() -> tuple[changes.Change, Sequence[dynamo.Write]]:
        wallet = fresh.pop() if fresh else wallets.read(viewer_id, wanted.environment)
        extra = 0 if wallet.has_bought else product.first_purchase_bonus
        bought = _bought(wanted, product, extra)
        granted = wanted.model_copy(
            update={
                "state": "granted",
                "held": None,
                "viewer_id": wallet.viewer_id,
                "product_id": product.id,
                "bought": bought,
                "first_bonus": extra > 0,
                "todo": ("tell_granted", *_settling(wanted)),
            }
        )
        made[:] = [granted]
        change = grants.grant(wallet, bought, key=wanted.turn, now=clock.now())
        return change, [records.write(granted, after=wanted.version)]

    changes.commit(prepare)
    if wanted.environment == "production":
        metrics.record(Metric.GRANTS, store=wanted.store)
    return _written(made[0])


def refund(record: Record | None, wanted: Record, notice: str | None) -> Record | None:
    """Take back, or give again, what the store says was refunded by now.

    Args:
        record: as it was read.
        wanted: the record with the share that the store has given back.
        notice: the id of the notification that told it, which is heard with the refund itself.

    Raises what `grant` does.
    """
    if refunded_unlocks.go() and wanted.refunded > wanted.taken.share:
        wanted = refunded_unlocks.close(wanted)
    bought, viewer_id, share = wanted.bought, wanted.viewer_id, wanted.refunded
    assert bought is not None  # noqa: S101 - nobody is asked to give back what was not granted
    assert viewer_id is not None  # noqa: S101 - nobody is granted nothing
    move = refunds.take_back if share > wanted.taken.share else refunds.give_back
    made: list[Record] = []

    def prepare() -> tuple[changes.Change, Sequence[dynamo.Write]]:
        wallet = wallets.read(viewer_id, wanted.environment)
        moved = move(wallet, bought, wanted.taken, share, key=wanted.turn, now=clock.now())
        if moved is None:
            raise _NoCoinMoves
        made[:] = [_refunded(wanted, moved[1], wallet.viewer_id).hearing(notice)]
        return moved[0], [records.write(made[0], after=wanted.version)]

    try:
        changes.commit(prepare)
    except _NoCoinMoves:
        taken = wanted.taken.model_copy(update={"share": share})
        return keep(record, _refunded(wanted, taken, viewer_id), notice)
    _count_refund(wanted, made[0])
    return _written(made[0])


def keep(record: Record | None, kept: Record, notice: str | None) -> Record | None:
    """Write a record that moves no coin; None when there is nothing new.

    Raises:
        ConditionFailed: the record was changed meanwhile.
    """
    if record == kept:
        return None
    heard = kept.hearing(notice)
    dynamo.transact(records.write(heard, after=kept.version))
    return _written(heard)


def _count_refund(before: Record, after: Record) -> None:
    """Count what a refund took. One that is reversed is none, and its debt goes with it."""
    if after.environment != "production" or after.taken.share <= before.taken.share:
        return
    metrics.record(Metric.REFUNDS, store=after.store)
    debt = after.taken.debt - before.taken.debt
    if debt:
        metrics.record(Metric.DEBT, debt)


class _NoCoinMoves(Exception):  # noqa: N818 - the share is too small for one coin
    pass


def _written(record: Record) -> Record:
    return record.model_copy(update={"version": record.version + 1})


def _settling(record: Record) -> tuple[Todo, ...]:
    """Google gives the money back when nobody says within three days that it was delivered."""
    return ("consume",) if record.store == "google" else ()


def _bought(record: Record, product: Product, extra: int) -> Bought:
    return Bought(
        purchase_id=record.id,
        coins=product.coins * record.quantity,
        bonus_coins=product.bonus_coins * record.quantity + extra,
        value=_value(record),
    )


def _value(record: Record) -> Value | None:
    """Return what was paid. The sandbox's prices are no money."""
    if record.price_micros is None or record.currency is None:
        return None
    if record.environment == "sandbox":
        return None
    return shares.value(
        record.price_micros,
        record.currency,
        store=record.store,
        storefront=record.storefront,
        sold_at=record.purchased_at,
    )


def _refunded(wanted: Record, taken: refunds.Taken, viewer_id: str) -> Record:
    todo: tuple[Todo, ...] = (
        *(one for one in wanted.todo if one not in {"tell_refunded", "reopen"}),
        "tell_refunded",
        *refunded_unlocks.reopening(wanted, taken),
    )
    state = "refunded" if taken.share == WHOLE else "granted"
    found = {"taken": taken, "state": state, "todo": todo, "viewer_id": viewer_id}
    return wanted.model_copy(update=found)
