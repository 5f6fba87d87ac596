"""The HTTP side of products and purchases."""

from cliffhanger import aws, snapshot
from cliffhanger.entitlements import holdings
from cliffhanger.http import Api, Call
from cliffhanger.pages import Page, PageQuery
from cliffhanger.purchases import claims, products, settling
from cliffhanger.purchases.claim_models import (
    PurchaseAnswer,
    PurchaseInput,
    RestoreAnswer,
    RestoreInput,
)
from cliffhanger.purchases.product_models import OfferedProduct, Product, ProductInput
from cliffhanger.wallet import wallets

from .routes import ROUTES

handler = Api(ROUTES)
snapshot.prepare(aws.dynamodb, aws.secrets, aws.events)


@handler.operation
def put_product(call: Call[ProductInput]) -> Product:
    """Set a product, and grant what was waiting for it."""
    product = products.put(call.path["product_id"], call.payload)
    settling.grant_waiting(product)
    return product


@handler.operation
def list_all_products(call: Call[PageQuery]) -> Page[Product]:
    """List all products."""
    return products.listed(call.payload)


@handler.operation
def list_products(call: Call[PageQuery]) -> Page[OfferedProduct]:
    """List what the viewer can buy."""
    held = holdings.read(call.caller.id, wallets.place)
    wallet = wallets.current(held.viewer_id, "production", held.items[0])
    return products.offering(call.payload, had_first=wallet.has_bought)


@handler.operation
def claim_purchase(call: Call[PurchaseInput]) -> PurchaseAnswer:
    """Grant a purchase."""
    return claims.claim(call.caller.id, call.payload, call.idempotency)


@handler.operation
def restore_purchases(call: Call[RestoreInput]) -> RestoreAnswer:
    """Restore purchases."""
    return claims.restore(call.caller.id, call.payload)
