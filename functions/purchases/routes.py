"""The routes of products and purchases."""

from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.pages import Page, PageQuery
from cliffhanger.purchases.claim_models import (
    PurchaseAnswer,
    PurchaseInput,
    RestoreAnswer,
    RestoreInput,
)
from cliffhanger.purchases.errors import (
    ProductNotSupported,
    PurchaseNotVerified,
    StoreRefused,
    StoreUnavailable,
)
from cliffhanger.purchases.owners import PurchaseOfAnother
from cliffhanger.purchases.product_models import OfferedProduct, Product, ProductInput
from cliffhanger.purchases.products import ProductKindFixed, StoreProductTaken
from cliffhanger.routing import Access, Route

ROUTES = (
    Route(
        method="PUT",
        path="/studio/products/{product_id}",
        operation="put_product",
        body_bytes=65_536,
        access=Access.STUDIO,
        summary="Set a coin pack or a VIP plan",
        body=ProductInput,
        answer=Product,
        problems=(StoreProductTaken, ProductKindFixed),
    ),
    Route(
        method="GET",
        path="/studio/products",
        operation="list_all_products",
        access=Access.STUDIO,
        summary="List all products, also those that are not offered",
        query=PageQuery,
        answer=Page[Product],
    ),
    Route(
        method="GET",
        path="/products",
        operation="list_products",
        access=Access.VIEWER,
        summary="See what the viewer can buy",
        query=PageQuery,
        answer=Page[OfferedProduct],
        problems=(ViewerDeleted,),
    ),
    Route(
        method="POST",
        path="/purchases",
        operation="claim_purchase",
        body_bytes=32_768,
        per_second=100,
        access=Access.VIEWER,
        summary="Grant what was bought in a store: once, however often it is sent",
        body=PurchaseInput,
        answer=PurchaseAnswer,
        idempotent=True,
        problems=(
            ViewerDeleted,
            PurchaseNotVerified,
            ProductNotSupported,
            PurchaseOfAnother,
            StoreUnavailable,
            StoreRefused,
        ),
    ),
    Route(
        method="POST",
        path="/purchases/restore",
        operation="restore_purchases",
        body_bytes=524_288,
        per_second=20,
        access=Access.VIEWER,
        summary="Bring back VIP on another device; coins stay where they are",
        body=RestoreInput,
        answer=RestoreAnswer,
        problems=(ViewerDeleted, StoreUnavailable, StoreRefused),
    ),
)
