"""What an app says that it has bought, asked of Google."""

from collections.abc import Collection

from cliffhanger.purchases.google.answers import another_product
from cliffhanger.purchases.google.reading import read_one_time, read_subscription
from cliffhanger.purchases.product_models import ProductKind
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def read_client_purchase(
    product_id: str, purchase_token: str, kind: ProductKind, vip_products: Collection[str]
) -> OneTimePurchase | Subscription:
    """Read the purchase that a request names. Nothing of the request is believed.

    What an app names does not choose among the plans of a subscription: it may name one that is
    still to come, or the lesser of two.

    Args:
        product_id: Google's id of the product that the app names.
        purchase_token: as Play Billing gave it to the app.
        kind: what that product is of ours; it decides which endpoint is asked.
        vip_products: Google's ids of the VIP products.

    Raises:
        PurchaseNotVerified: Google knows no such purchase, or it is of another product.
        StoreUnavailable: Google does not answer.
        StoreRefused: Google answers out of turn.
        InternalError: Google does not let us in.
    """
    if kind == "vip":
        return read_subscription(purchase_token, vip_products, product_id)
    told = read_one_time(purchase_token)
    if told.product_id != product_id:
        raise another_product()
    return told
