"""Products: coin packs and VIP, each with the ids that the stores sell it under.

| table | pk | sk | item |
|---|---|---|---|
| content | PRODUCTS | PRODUCT#coins-100 | a product, by the studio's slug |
| content | SOLD#apple#... | PRODUCT | the product that a store's id means; never goes |

A product is written together with all ids that it was ever sold under, so that what a store sold is
found with one read.
"""

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from cliffhanger import clock, dynamo, pages
from cliffhanger.errors import Busy, InvalidPayload, PayloadError, Problem
from cliffhanger.pages import Page, PageQuery
from cliffhanger.purchases.product_models import OfferedProduct, Product, ProductInput, Slug
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.purchases.store import Store
from cliffhanger.settings import load

_PRODUCTS = "PRODUCTS"
_PREFIX = "PRODUCT#"
_SK = "PRODUCT"
_TRIES = 5


class StoreProductTaken(Problem):
    """Another product is sold under this id of the store."""

    status, code, title = 409, "store_product_taken", "The store's product is taken"


class ProductKindFixed(Problem):
    """A product that may have been bought stays of its kind."""

    status, code, title = 409, "product_kind_fixed", "A product does not change its kind"


def put(slug: str, wanted: ProductInput) -> Product:
    """Set a product. The same again changes nothing but its version.

    What was bought keeps what it was bought for. A store's id stays with its product for ever,
    also when the product takes another: purchases under the old one may still come.

    Raises:
        InvalidPayload: the slug is none.
        StoreProductTaken: a store's id belongs to another product.
        ProductKindFixed: it would turn from coins into VIP, or back.
        Busy: others went on changing it.
    """
    _require_slug(slug)
    table = _table()
    for _ in range(_TRIES):
        found = dynamo.get(table, _key(slug), consistent=True)
        if found and found["kind"] != wanted.kind:
            raise ProductKindFixed(f"It is {found['kind']}. Make a product with another id.")
        version = found["version"] if found else 0
        product = Product(
            **wanted.model_dump(), id=slug, version=version + 1, updated_at=clock.now()
        )
        stored = product.model_dump(mode="json")
        ever = sorted({*(found["sold_as"] if found else ()), *sold_as(product)})
        item = _key(slug) | stored | {"sold_as": ever}
        held = dynamo.replace(table, item, after=version)
        try:
            dynamo.transact(held, *(_claim(sold, stored) for sold in ever))
        except dynamo.ConditionFailed as error:
            if 0 in error.failed:
                continue
            taken = ", ".join(ever[place - 1].partition("#")[2] for place in error.failed)
            raise StoreProductTaken(f"Another product is sold as {taken}.") from error
        return product
    raise Busy("Others are changing this product. Try again.")


def listed(page: PageQuery) -> Page[Product]:
    """Return a page of all products, by their slugs."""
    chosen, next_cursor = pages.cut(_all(), _slug, str, page)
    return Page[Product](items=chosen, next_cursor=next_cursor)


def offering(page: PageQuery, *, had_first: bool) -> Page[OfferedProduct]:
    """Return a page of what a viewer can buy, by their slugs.

    Args:
        page: how much of it, and from where.
        had_first: whether the viewer has bought coins before.
    """
    active = [product for product in _all() if product.active]
    chosen, next_cursor = pages.cut(active, _slug, str, page)
    return Page[OfferedProduct](
        items=[
            OfferedProduct(
                **product.model_dump(exclude={"version", "updated_at", "first_purchase_bonus"}),
                first_purchase_bonus=0 if had_first else product.first_purchase_bonus,
            )
            for product in chosen
        ],
        next_cursor=next_cursor,
    )


def _all() -> list[Product]:
    return [Product.model_validate(item) for item in _items()]


def _items() -> Iterable[dynamo.Item]:
    return dynamo.query(_table(), _PRODUCTS, prefix=_PREFIX, consistent=True)


def _slug(product: Product) -> str:
    return product.id


def find(slug: str) -> Product | None:
    """Return a product, active or not, or None."""
    found = dynamo.get(_table(), _key(slug), consistent=True)
    return Product.model_validate(found) if found else None


def find_sold(
    store: Store, store_product_id: str, *, also_inactive: bool = False
) -> Product | None:
    """Return the product that a store sells under an id, or None.

    Args:
        store: the store.
        store_product_id: its id of the product.
        also_inactive: what was sold before goes on, though it is offered no more.
    """
    found = dynamo.get(*sold_place(store, store_product_id), consistent=True)
    return of_sold(found, also_inactive=also_inactive)


def sold_place(store: Store, store_product_id: str) -> tuple[str, dynamo.Item]:
    """Return table and key of what a store's id means, to read it together with something else."""
    return _table(), _sold_key(f"{store}#{store_product_id}")


def of_sold(found: dynamo.Item | None, *, also_inactive: bool = False) -> Product | None:
    """Return the product of an item that was read at `sold_place`, as `find_sold` does."""
    product = Product.model_validate(found["product"]) if found else None
    return product if product and (product.active or also_inactive) else None


def sold_by(store: Store, kind: str) -> set[str]:
    """Return the ids under which a store sells a kind of product, and those of before.

    What was bought under an id stays of it, also when its product has taken another.
    """
    found = [one for one in _items() if one["kind"] == kind]
    ever = [sold.partition("#") for one in found for sold in one["sold_as"]]
    return {store_product_id for name, _, store_product_id in ever if name == store}


def sold_as(product: Product) -> list[str]:
    """Return what a product is sold as now: `apple#` or `google#` and the store's id."""
    both = (("apple", product.apple_product_id), ("google", product.google_product_id))
    return [f"{store}#{sold}" for store, sold in both if sold]


def _require_slug(slug: str) -> None:
    try:
        TypeAdapter(Slug).validate_python(slug)
    except ValidationError as error:
        (fault,) = error.errors()
        raise InvalidPayload(
            [PayloadError(pointer="product_id", code=fault["type"], detail=fault["msg"])]
        ) from error


def _key(slug: str) -> dynamo.Item:
    return dynamo.key(_PRODUCTS, f"{_PREFIX}{slug}")


def _claim(sold: str, product: dynamo.Item) -> dynamo.Write:
    return dynamo.Write(
        _table(),
        item=_sold_key(sold) | {"product": product},
        condition="attribute_not_exists(pk) OR #product.#id = :slug",
        values={"slug": product["id"]},
    )


def _sold_key(sold: str) -> dynamo.Item:
    return dynamo.key(f"SOLD#{sold}", _SK)


def _table() -> str:
    return load(PurchaseSettings).content_table
