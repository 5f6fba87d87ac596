"""Asking a store what a purchase is now. The first question loads the store's client."""

from cliffhanger.purchases import products
from cliffhanger.purchases.apple.environments import apples
from cliffhanger.purchases.product_models import ProductKind
from cliffhanger.purchases.store import Environment, OneTimePurchase, Subscription


def google_claim(product_id: str, token: str, kind: ProductKind) -> OneTimePurchase | Subscription:
    """Return what Google says now of what an app claims. Raises what `google_pack` does.

    Args:
        product_id: Google's id of the product that the app names: the purchase must hold it.
        token: as the app sent it.
        kind: what that product is of ours.
    """
    from cliffhanger.purchases.google.claim import read_client_purchase  # noqa: PLC0415

    plans = products.sold_by("google", "vip") if kind == "vip" else set()
    return read_client_purchase(product_id, token, kind, plans)


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


def google_period(now: Subscription, order_id: str) -> Subscription:
    """Return what Google says of another period of a subscription. Raises what `google_pack` does.

    Args:
        now: the subscription as it is.
        order_id: what paid for the other period.
    """
    from cliffhanger.purchases.google.reading import read_period  # noqa: PLC0415

    return read_period(now, order_id)


def apple_subscription(line_id: str, environment: Environment) -> Subscription:
    """Return what Apple says of a subscription now. Of its newest period, signed for this answer.

    Raises:
        PurchaseNotVerified: Apple does not know it.
        StoreRefused, StoreUnavailable: Apple does not answer.
    """
    from cliffhanger.purchases.apple.reading import read_subscription  # noqa: PLC0415

    return read_subscription(line_id, line_id, apples(environment))
