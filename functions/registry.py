"""Every function, and the whole route table. Read by the stacks, the API document and the tests.

No function imports this at run time: each knows its own routes alone, so a cold start loads no
model that it does not serve.
"""

from dataclasses import dataclass

from cliffhanger.routing import Route
from functions.catalog.routes import ROUTES as CATALOG
from functions.entitlements.routes import ROUTES as ENTITLEMENTS
from functions.identity.routes import ROUTES as IDENTITY
from functions.purchases.routes import ROUTES as PURCHASES
from functions.store_notices.routes import ROUTES as STORE_NOTICES
from functions.studio.routes import ROUTES as STUDIO
from functions.viewing.routes import ROUTES as VIEWING
from functions.wallet.routes import ROUTES as WALLET


@dataclass(frozen=True)
class Function:
    """One Lambda: its folder below `functions`, and the routes that lead to it."""

    name: str
    routes: tuple[Route, ...] = ()


HTTP_FUNCTIONS = (
    Function("identity", IDENTITY),
    Function("catalog", CATALOG),
    Function("studio", STUDIO),
    Function("viewing", VIEWING),
    Function("wallet", WALLET),
    Function("purchases", PURCHASES),
    Function("store_notices", STORE_NOTICES),
    Function("entitlements", ENTITLEMENTS),
)

ROUTES: tuple[Route, ...] = tuple(route for one in HTTP_FUNCTIONS for route in one.routes)
