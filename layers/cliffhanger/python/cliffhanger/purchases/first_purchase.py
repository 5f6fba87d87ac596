"""The bonus of a viewer's first coin pack: once, also when two packs are bought at the same time.

| pk | sk | item |
|---|---|---|
| vwr_... | FIRST_PURCHASE#production | the viewer has bought coins; never goes |

The first pack is the first one, whether it had such a bonus or not, and stays it when refunded.
"""

from cliffhanger import dynamo
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load

_ENVIRONMENTS: tuple[Environment, ...] = ("production", "sandbox")


def bonus_write(viewer_id: str, environment: Environment) -> dynamo.Write | None:
    """Return the write that makes a purchase the first one, or None when there was one before."""
    if had_one(viewer_id, environment):
        return None
    return dynamo.create(_table(), _key(viewer_id, environment))


def had_one(viewer_id: str, environment: Environment = "production") -> bool:
    """Return whether a viewer has bought coins before."""
    return dynamo.get(_table(), _key(viewer_id, environment), consistent=True) is not None


def merge_writes(guest_id: str, account_id: str) -> list[dynamo.Write]:
    """Return the writes by which an account has had what a guest had, who is merged into it.

    They belong into the transaction of the merge, and may be done again.
    """
    return [
        dynamo.put(_table(), _key(account_id, environment))
        for environment in _ENVIRONMENTS
        if had_one(guest_id, environment)
    ]


def _table() -> str:
    return load(PurchaseSettings).commerce_table


def _key(viewer_id: str, environment: Environment) -> dynamo.Item:
    return dynamo.key(viewer_id, f"FIRST_PURCHASE#{environment}")
