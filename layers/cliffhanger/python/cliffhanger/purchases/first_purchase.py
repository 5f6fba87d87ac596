"""The bonus of a viewer's first coin pack: once, also when two packs are bought at the same time.

| pk | sk | item |
|---|---|---|
| vwr_... | FIRST_PURCHASE#production | the viewer has had it; never goes |
"""

from cliffhanger import dynamo
from cliffhanger.purchases.product_models import Product
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load

_ENVIRONMENTS: tuple[Environment, ...] = ("production", "sandbox")


def bonus_write(viewer_id: str, environment: Environment, product: Product) -> dynamo.Write | None:
    """Return the write that uses up the bonus, or None when there is none to have."""
    if not product.first_purchase_bonus or had_one(viewer_id, environment):
        return None
    return dynamo.create(load(PurchaseSettings).commerce_table, _key(viewer_id, environment))


def had_one(viewer_id: str, environment: Environment = "production") -> bool:
    """Return whether a viewer has had the bonus."""
    table = load(PurchaseSettings).commerce_table
    return dynamo.get(table, _key(viewer_id, environment), consistent=True) is not None


def carry_over(guest_id: str, account_id: str) -> None:
    """Let an account have had the bonus that a guest who joined it had. Again changes nothing."""
    table = load(PurchaseSettings).commerce_table
    for environment in _ENVIRONMENTS:
        if had_one(guest_id, environment):
            dynamo.write(dynamo.put(table, _key(account_id, environment)))


def _key(viewer_id: str, environment: Environment) -> dynamo.Item:
    return dynamo.key(viewer_id, f"FIRST_PURCHASE#{environment}")
