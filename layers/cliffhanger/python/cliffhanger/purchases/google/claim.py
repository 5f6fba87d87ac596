"""What an app says that it has bought, asked of Google."""

from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.google.reading import read_one_time, read_subscription
from cliffhanger.purchases.product_models import ProductKind
from cliffhanger.purchases.store import OneTimePurchase, Subscription


def read_client_purchase(
    product_id: str, purchase_token: str, kind: ProductKind
) -> OneTimePurchase | Subscription:
    """Read the purchase that a request names. Nothing of the request is believed.

    Args:
        product_id: Google's id of the product that the app names.
        purchase_token: as Play Billing gave it to the app.
        kind: what that product is of ours; it decides which endpoint is asked.

    Raises:
        PurchaseNotVerified: Google knows no such purchase, or it is of another product.
        StoreUnavailable: Google does not answer.
        InternalError: Google does not let us in.
    """
    told: OneTimePurchase | Subscription
    if kind == "coins":
        told = read_one_time(purchase_token)
    else:
        told = read_subscription(purchase_token, {product_id})
    if told.product_id != product_id:
        raise PurchaseNotVerified(
            "another_product",
            "Google Play says that this purchase is of another product. Send the product_id of"
            " the purchase itself.",
        )
    return told
