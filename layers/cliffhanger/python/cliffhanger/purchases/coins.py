"""Coin packs: one transaction grants a purchase, and another takes back what was refunded.

The app's claim, the store's notification and the reconciler all come here with what the store says
now. The record's key is the store's own id of the purchase, so whichever comes first grants, and
the others find it granted. An older word than the one that was acted on changes nothing: a refund
is not undone by a notification that was late.
"""

from cliffhanger import dynamo, ids
from cliffhanger.errors import Busy
from cliffhanger.purchases import coin_changes, products
from cliffhanger.purchases import known as reading
from cliffhanger.purchases.coin_changes import keep
from cliffhanger.purchases.heard import Repeated
from cliffhanger.purchases.known import Known
from cliffhanger.purchases.owners import owner
from cliffhanger.purchases.records import Held, Record, in_pieces
from cliffhanger.purchases.store import WHOLE, OneTimePurchase

_TRIES = 8


def apply(
    told: OneTimePurchase,
    *,
    claimant: str | None = None,
    token: str | None = None,
    notice: str | None = None,
) -> Record:
    """Bring a purchase in line with what the store says of it.

    Args:
        told: what the store says now.
        claimant: the viewer who sends it; None where the store itself tells it.
        token: Google's purchase token, to settle the purchase with later.
        notice: the id of the notification that told it. The record hears it with the last step,
            so whoever finds it heard finds all of the effect. What changes nothing is not heard.

    Raises:
        PurchaseOfAnother: it is another viewer's.
        Repeated: the record has heard the notification before. Nothing was done.
        Busy: others went on changing the same things.
    """
    for _ in range(_TRIES):
        known = reading.read(told, claimant)
        if known.record and known.record.has_heard(notice):
            raise Repeated
        wanted = _wanted(known, told, claimant, token)
        try:
            done = _step(known, wanted, told, notice)
        except dynamo.ConditionFailed:
            continue  # another word about this purchase was faster
        if done is None:
            return wanted
        if not done.owes_coins:
            return done
    raise Busy("Others are changing this purchase. Send it again.")


def grant_held(record: Record) -> Record:
    """Do what can be done of a purchase by now: grant what was held, take what was refunded since.

    Raises:
        ConditionFailed: others changed it at the same moment.
        Busy: others went on changing the wallet.
    """
    if record.state == "held":
        product = products.find_sold(record.store, record.store_product_id)
        record = _grant_or_hold(Known(record=record, product=product), record, None) or record
    if record.owes_coins:
        record = coin_changes.refund(record, in_pieces(record), None) or record
    return record


def _wanted(seen: Known, told: OneTimePurchase, claimant: str | None, token: str | None) -> Record:
    """Return the record with what is known by now: whose it is, and the store's latest facts."""
    known = seen.record or _new(told)
    whose = owner(known.viewer_id, told.viewer_id, claimant, current=seen.viewer_id)
    changed: dict[str, object] = {
        # Coins that were granted are where they were granted to, or where that wallet has gone: a
        # guest names the account before the coins go there.
        "viewer_id": known.viewer_id if known.bought else whose,
        "token": token or known.token,
    }
    if told.told_at >= known.told_at:
        changed |= {"told_at": told.told_at, "order_id": told.order_id or known.order_id}
        changed |= {"quantity": told.quantity, "purchased_at": told.purchased_at}
        changed |= {"refunded": _refunded(known, told)}
        if told.price_micros is not None:
            changed |= {"price_micros": told.price_micros, "currency": told.currency}
        if _is_undelivered(known, told):
            changed |= {"todo": (*known.todo, "consume")}
    return known.model_copy(update=changed)


def _new(told: OneTimePurchase) -> Record:
    return Record(
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


def _refunded(known: Record, told: OneTimePurchase) -> int:
    """Return the share that was given back by now.

    A state that is not known here says nothing, nor does an order that is not there any more.
    """
    if told.state == "canceled":
        return WHOLE
    says_nothing = told.state == "pending" or told.refunded is None
    return known.refunded if says_nothing else told.refunded or 0


def _is_undelivered(known: Record, told: OneTimePurchase) -> bool:
    """Whether Google has not heard that a granted pack was delivered, though we had told it."""
    is_paid = told.state == "purchased" and _refunded(known, told) < WHOLE
    is_open = is_paid and not told.is_consumed
    is_told = known.bought is not None and "consume" not in known.todo
    return told.store == "google" and is_open and is_told


def _step(known: Known, wanted: Record, told: OneTimePurchase, notice: str | None) -> Record | None:
    """Do the next thing that is to be done, in one transaction; None when there is nothing."""
    record = known.record
    if wanted.bought is not None:
        if wanted.owes_coins:
            return coin_changes.refund(record, in_pieces(wanted), notice)
        return keep(record, wanted, notice)
    if record is not None and told.told_at < record.told_at:  # late: it can say whose it is
        is_held = wanted.state == "held"
        return _grant_or_hold(known, wanted, notice) if is_held else keep(record, wanted, notice)
    if told.state == "purchased" and wanted.refunded < WHOLE:
        return _grant_or_hold(known, wanted, notice)
    state = "pending" if told.state == "pending" else "canceled"
    return keep(record, wanted.model_copy(update={"state": state, "held": None}), notice)


def _grant_or_hold(known: Known, wanted: Record, notice: str | None) -> Record | None:
    product = known.product
    missing: Held | None = None
    if wanted.viewer_id is None:
        missing = "unknown_viewer"
    elif product is None or product.kind != "coins":
        missing = "unknown_product"
    if missing or product is None or wanted.viewer_id is None:
        held = wanted.model_copy(update={"state": "held", "held": missing})
        return keep(known.record, held, notice)
    # A part may have been refunded before: the step that takes it back is then the last one.
    wallet = known.wallet if known.viewer_id == wanted.viewer_id else None
    last = wanted if wanted.refunded else wanted.hearing(notice)
    return coin_changes.grant(last, wanted.viewer_id, product, wallet)
