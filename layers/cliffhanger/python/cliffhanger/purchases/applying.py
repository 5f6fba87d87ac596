"""A store's word takes its effect: the purchase is brought in line, and what is left is done."""

from collections.abc import Sequence

from cliffhanger import dynamo
from cliffhanger.purchases import coins, settling, subscriptions
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def apply(
    told: OneTimePurchase | Subscription,
    *,
    token: str | None,
    also: Sequence[dynamo.Write] = (),
) -> Record | Line:
    """Bring a purchase in line with what the store itself says of it, and settle it.

    Args:
        told: what the store says now.
        token: Google's purchase token; None for Apple's.
        also: writes that belong into the transaction of the effect.

    Raises:
        ConditionFailed: a condition of `also` did not hold; they were written before.
        Busy: others went on changing the same things.
    """
    done: Record | Line
    if isinstance(told, OneTimePurchase):
        done = coins.apply(told, token=token, also=also)
    else:
        done = subscriptions.apply(told, token=token, also=also)
    settling.settle(done)
    return done


def standing(known: Record | Line | None) -> tuple[object, ...] | None:
    """Return what a viewer notices of a purchase: when it differs, something was repaired."""
    if known is None:
        return None
    if isinstance(known, Record):
        return (known.state, known.taken)
    return (known.state, known.ends_at, known.period_id)
