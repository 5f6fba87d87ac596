"""Asking Google: an answer counts as of the moment before it was asked.

Two may ask at the same time, and the one that began first may be answered last. What was asked
later is at least as new as all that had happened when it was asked. So a notification, which asks
after what it tells of, is never outdone by a claim that had begun before.
"""

from collections.abc import Callable
from typing import TypeVar

from cliffhanger import clock
from cliffhanger.purchases import products
from cliffhanger.purchases.store import OneTimePurchase, Subscription

Told = TypeVar("Told", OneTimePurchase, Subscription, OneTimePurchase | Subscription)


def asked(read: Callable[[], Told]) -> Told:
    """Return what Google answers, told at the moment of the question."""
    now = clock.now()
    return read().model_copy(update={"told_at": now})


def google_pack(token: str) -> OneTimePurchase:
    """Return what Google says of a coin pack now.

    Raises:
        PurchaseNotVerified: Google does not know it, or knows it no more.
        StoreUnavailable: Google does not answer.
    """
    from cliffhanger.purchases.google.reading import read_one_time  # noqa: PLC0415

    return asked(lambda: read_one_time(token))


def google_subscription(token: str) -> Subscription:
    """Return what Google says of a subscription now. Raises what `google_pack` does."""
    from cliffhanger.purchases.google.reading import read_subscription  # noqa: PLC0415

    vip = products.sold_by("google", "vip")
    return asked(lambda: read_subscription(token, vip))
