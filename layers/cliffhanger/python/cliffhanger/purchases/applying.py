"""A store's word takes its effect: the purchase is brought in line, and what is left is done."""

from cliffhanger.purchases import coins, lines, records, settling, subscriptions
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.records import Record
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def apply(
    told: OneTimePurchase | Subscription,
    *,
    token: str | None,
    notice: str | None = None,
) -> Record | Line:
    """Bring a purchase in line with what the store itself says of it, and settle it.

    Args:
        told: what the store says now.
        token: Google's purchase token; None for Apple's.
        notice: the id of the notification that told it; None where nobody did.

    Raises:
        Repeated: the notification had its effect before.
        Busy: others went on changing the same things.
    """
    done: Record | Line
    if isinstance(told, OneTimePurchase):
        done = coins.apply(told, token=token, notice=notice)
    else:
        done = subscriptions.apply(told, token=token, notice=notice)
    settling.settle(done)
    return done


def known(told: OneTimePurchase | Subscription) -> Record | Line | None:
    """Return what we have of a purchase now."""
    if isinstance(told, OneTimePurchase):
        return records.find(told)
    return lines.find(told.store, told.environment, told.line_id)


def standing(known: Record | Line | None) -> tuple[object, ...] | None:
    """Return what a viewer notices of a purchase: when it differs, something was repaired."""
    if known is None:
        return None
    if isinstance(known, Record):
        return (known.state, known.taken)
    return (known.state, known.ends_at, known.period_id)
