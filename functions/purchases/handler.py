"""The HTTP side of products and purchases."""

from cliffhanger import dynamo
from cliffhanger.http import Api, Call
from cliffhanger.identity import viewers
from cliffhanger.pages import Page
from cliffhanger.purchases import claims, first_purchase, products
from cliffhanger.purchases.claim_models import (
    PurchaseAnswer,
    PurchaseInput,
    RestoreAnswer,
    RestoreInput,
)
from cliffhanger.purchases.product_models import OfferedProduct, Product, ProductInput

from .routes import ROUTES

handler = Api(ROUTES)


@handler.operation
def put_product(call: Call[ProductInput]) -> Product:
    """Set a product."""
    return products.put(call.path["product_id"], call.payload)


@handler.operation
def list_all_products(_call: Call[None]) -> Page[Product]:
    """List all products."""
    return Page[Product](items=products.listed(), next_cursor=None)


@handler.operation
def list_products(call: Call[None]) -> Page[OfferedProduct]:
    """List what the viewer can buy."""
    viewers.require_alive(dynamo.get(*viewers.place(call.caller.id)))
    had_first = first_purchase.had_one(viewers.current_id(call.caller.id))
    return products.offering(had_first=had_first)


@handler.operation
def claim_purchase(call: Call[PurchaseInput]) -> PurchaseAnswer:
    """Grant a purchase."""
    return claims.claim(call.caller.id, call.payload, call.idempotency)


@handler.operation
def restore_purchases(call: Call[RestoreInput]) -> RestoreAnswer:
    """Restore purchases."""
    return claims.restore(call.caller.id, call.payload)
