"""Asking Google of a purchase by its token alone. The first question loads Google's client."""

from cliffhanger.purchases import products
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def google_pack(token: str) -> OneTimePurchase:
    """Return what Google says of a coin pack now.

    Raises:
        PurchaseNotVerified: Google does not know it, or knows it no more.
        StoreUnavailable: Google does not answer.
    """
    from cliffhanger.purchases.google.reading import read_one_time  # noqa: PLC0415

    return read_one_time(token)


def google_subscription(token: str) -> Subscription:
    """Return what Google says of a subscription now. Raises what `google_pack` does."""
    from cliffhanger.purchases.google.reading import read_subscription  # noqa: PLC0415

    return read_subscription(token, products.sold_by("google", "vip"))
