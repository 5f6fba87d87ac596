"""Coin packs: one transaction grants a purchase, and another takes back what was refunded.

The app's claim, the store's notification and the reconciler all come here with what the store says
now. The record's key is the store's own id of the purchase, so whichever comes first grants, and
the others find it granted. An older word than the one that was acted on changes nothing: a refund
is not undone by a notification that was late.
"""

from collections.abc import Sequence

from cliffhanger import clock, dynamo, ids
from cliffhanger.errors import Busy
from cliffhanger.purchases import first_purchase, products, records
from cliffhanger.purchases.owners import owner
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.records import Held, Record, Todo
from cliffhanger.purchases.store import WHOLE, OneTimePurchase
from cliffhanger.wallet import changes, grants, refunds, shares, wallets
from cliffhanger.wallet.grants import Bought
from cliffhanger.wallet.lots import Value
from cliffhanger.wallet.refunds import Taken

_TRIES = 8


def apply(
    told: OneTimePurchase,
    *,
    claimant: str | None = None,
    token: str | None = None,
    also: Sequence[dynamo.Write] = (),
) -> Record:
    """Bring a purchase in line with what the store says of it.

    Args:
        told: what the store says now.
        claimant: the viewer who sends it; None where the store itself tells it.
        token: Google's purchase token, to settle the purchase with later.
        also: writes that belong into the transaction of the effect, such as the record of a
            notification. Their conditions are the caller's.

    Raises:
        PurchaseOfAnother: it is another viewer's.
        ConditionFailed: a condition of `also` did not hold; nothing was done.
        Busy: others went on changing the same things.
    """
    for _ in range(_TRIES):
        record = records.find(told)
        wanted = _wanted(record, told, claimant, token)
        try:
            done = _step(record, wanted, told, also)
        except dynamo.ConditionFailed as error:
            if any(place < len(also) for place in error.failed):
                raise
            continue  # another word about this purchase was faster
        if done is None:
            return wanted
        if _share(told) == done.taken.share or done.state in {"pending", "held", "canceled"}:
            return done
        also = ()
    raise Busy("Others are changing this purchase. Send it again.")


def _wanted(
    record: Record | None, told: OneTimePurchase, claimant: str | None, token: str | None
) -> Record:
    """Return the record with what is known by now: whose it is, and the store's latest facts."""
    known = record or Record(
        id=ids.new("pur"),
        store=told.store,
        environment=told.environment,
        transaction_id=told.transaction_id,
        store_product_id=told.product_id,
        viewer_id=None,
        state="pending",
        quantity=told.quantity,
        purchased_at=told.purchased_at,
        told_at=told.told_at,
        price_micros=told.price_micros,
        currency=told.currency,
        storefront=told.storefront,
        order_id=told.order_id,
    )
    changed: dict[str, object] = {
        "viewer_id": owner(known.viewer_id, told.viewer_id, claimant),
        "token": token or known.token,
    }
    if told.told_at >= known.told_at:
        changed |= {"told_at": told.told_at, "order_id": told.order_id or known.order_id}
        changed |= {"quantity": told.quantity, "purchased_at": told.purchased_at}
        if told.price_micros is not None:
            changed |= {"price_micros": told.price_micros, "currency": told.currency}
    return known.model_copy(update=changed)


def _step(
    record: Record | None, wanted: Record, told: OneTimePurchase, also: Sequence[dynamo.Write]
) -> Record | None:
    """Do the next thing that is to be done, in one transaction; None when there is nothing."""
    is_late = record is not None and told.told_at < record.told_at
    if wanted.bought is not None:
        return None if is_late else _refund(record, wanted, told, also)
    if is_late:  # it can still say whose the purchase is
        return _grant_or_hold(record, wanted, also) if wanted.state == "held" else None
    if told.state == "purchased" and told.refunded < WHOLE:
        return _grant_or_hold(record, wanted, also)
    state = "pending" if told.state == "pending" else "canceled"
    return _keep(record, wanted.model_copy(update={"state": state, "held": None}), also)


def grant_held(record: Record) -> Record | None:
    """Grant a purchase that was held, if its product and its viewer are known by now."""
    return _grant_or_hold(record, record, ())


def _grant_or_hold(
    record: Record | None, wanted: Record, also: Sequence[dynamo.Write]
) -> Record | None:
    product = products.find_sold(wanted.store, wanted.store_product_id)
    missing: Held | None = None
    if wanted.viewer_id is None:
        missing = "unknown_viewer"
    elif product is None or product.kind != "coins":
        missing = "unknown_product"
    if missing or product is None or wanted.viewer_id is None:
        held = wanted.model_copy(update={"state": "held", "held": missing})
        return _keep(record, held, also)
    return _grant(wanted, wanted.viewer_id, product, also)


def _grant(
    wanted: Record, viewer_id: str, product: Product, also: Sequence[dynamo.Write]
) -> Record:
    made: list[Record] = []

    def prepare() -> tuple[changes.Change, Sequence[dynamo.Write]]:
        now = clock.now()
        wallet = wallets.read(viewer_id, wanted.environment)
        first = first_purchase.bonus_write(wallet.viewer_id, wanted.environment, product)
        bought = _bought(wanted, product, with_bonus=first is not None)
        granted = wanted.model_copy(
            update={
                "state": "granted",
                "held": None,
                "viewer_id": wallet.viewer_id,
                "product_id": product.id,
                "bought": bought,
                "first_bonus": first is not None,
                "todo": ("tell_granted", *_settling(wanted)),
            }
        )
        made[:] = [granted]
        change = grants.grant(wallet, bought, now=now)
        own = [*also, records.write(granted, after=wanted.version)]
        return change, [*own, first] if first else own

    changes.commit(prepare)
    return made[0].model_copy(update={"version": wanted.version + 1})


def _settling(record: Record) -> tuple[Todo, ...]:
    """Google gives the money back when nobody says within three days that it was delivered."""
    return ("consume",) if record.store == "google" else ()


def _bought(record: Record, product: Product, *, with_bonus: bool) -> Bought:
    extra = product.first_purchase_bonus if with_bonus else 0
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


def _share(told: OneTimePurchase) -> int:
    return WHOLE if told.state == "canceled" else told.refunded


def _refund(
    record: Record | None, wanted: Record, told: OneTimePurchase, also: Sequence[dynamo.Write]
) -> Record | None:
    share, bought = _share(told), wanted.bought
    assert bought is not None  # noqa: S101 - asked before
    assert wanted.viewer_id is not None  # noqa: S101 - nobody is granted nothing
    if share == wanted.taken.share:
        return _keep(record, wanted, also)
    viewer_id = wanted.viewer_id
    move = refunds.take_back if share > wanted.taken.share else refunds.give_back
    made: list[Record] = []

    def prepare() -> tuple[changes.Change, Sequence[dynamo.Write]]:
        wallet = wallets.read(viewer_id, wanted.environment)
        moved = move(wallet, bought, wanted.taken, share, now=clock.now())
        if moved is None:
            raise _NoCoinMoves
        made[:] = [_refunded(wanted, moved[1])]
        return moved[0], [*also, records.write(made[0], after=wanted.version)]

    try:
        changes.commit(prepare)
    except _NoCoinMoves:
        taken = wanted.taken.model_copy(update={"share": share})
        return _keep(record, _refunded(wanted, taken), also)
    return made[0].model_copy(update={"version": wanted.version + 1})


class _NoCoinMoves(Exception):  # noqa: N818 - the share is too small for one coin
    pass


def _refunded(wanted: Record, taken: Taken) -> Record:
    todo: tuple[Todo, ...] = (
        *(one for one in wanted.todo if one != "tell_refunded"),
        "tell_refunded",
    )
    state = "refunded" if taken.share == WHOLE else "granted"
    return wanted.model_copy(update={"taken": taken, "state": state, "todo": todo})


def _keep(record: Record | None, kept: Record, also: Sequence[dynamo.Write]) -> Record | None:
    """Write a record that moves no coin; None when there is nothing new."""
    if record == kept and not also:
        return None
    dynamo.transact(*also, records.write(kept, after=kept.version))
    return kept.model_copy(update={"version": kept.version + 1})
