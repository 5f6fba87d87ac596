"""The things to do after a commit, by their names: tell the bus, and tell Google it was delivered.

A plan that another one has replaced is read again here too.

Each may be done again, and does nothing to a record of the other kind.
"""

from collections.abc import Callable

from cliffhanger import events
from cliffhanger.entitlements import vip_pruning
from cliffhanger.purchases import delivered, refunded_unlocks, replaced
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record, Todo


def _tell_granted(done: Record | Line) -> None:
    if isinstance(done, Record) and done.bought and done.viewer_id:
        events.publish(
            events.PurchaseGranted(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                product_id=done.product_id or "",
                store=done.store,
                environment=done.environment,
                coins=done.bought.coins,
                bonus_coins=done.bought.bonus_coins,
            )
        )


def _tell_refunded(done: Record | Line) -> None:
    if isinstance(done, Record) and done.viewer_id:
        events.publish(
            events.PurchaseRefunded(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                environment=done.environment,
                share=done.taken.share,
                coins=done.taken.coins,
            )
        )


def _reopen(done: Record | Line) -> None:
    if isinstance(done, Record):
        refunded_unlocks.reopen(done)


def _tell_changed(done: Record | Line) -> None:
    """Tell of a subscription. Whoever has one more is also where something old may go."""
    if isinstance(done, Line) and done.viewer_id:
        events.publish(
            events.SubscriptionChanged(
                purchase_id=done.id,
                viewer_id=done.viewer_id,
                product_id=done.product_id or "",
                store=done.store,
                environment=done.environment,
                state=done.state,
                expires_at=done.ends_at,
            )
        )
        vip_pruning.prune(done.viewer_id)


def _read_replaced(done: Record | Line) -> None:
    if isinstance(done, Line):
        replaced.read(done)


def _settle_with_google(done: Record | Line) -> None:
    """Consume a coin pack, so that it can be bought again, or acknowledge a subscription."""
    from cliffhanger.purchases.google import api  # noqa: PLC0415

    if done.token is None:
        return  # it came by a notification that knew no more; the reconciler asks Google
    call = api.consume if isinstance(done, Record) else api.acknowledge_subscription
    try:
        call(done.store_product_id, done.token)
    except PurchaseNotVerified:
        # It may have been consumed before, or refunded. Else it is a fault, and must be seen.
        if not delivered.is_settled(done, done.token):
            raise


DO: dict[Todo, Callable[[Record | Line], None]] = {
    "tell_granted": _tell_granted,
    "tell_refunded": _tell_refunded,
    "reopen": _reopen,
    "tell_changed": _tell_changed,
    "consume": _settle_with_google,
    "acknowledge": _settle_with_google,
    "read_replaced": _read_replaced,
}
