"""The routes of entitlements."""

from cliffhanger.entitlements.models import Entitlements, EntitlementsQuery
from cliffhanger.entitlements.signing import JsonWebKeySet
from cliffhanger.errors import Busy
from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.routing import Access, Route

_HOUR = 3600

# KMS signs a thousand times a second for a whole account (AWS KMS, "Request quotas").
ROUTES = (
    Route(
        method="GET",
        path="/entitlements",
        operation="get_entitlements",
        per_second=500,
        access=Access.VIEWER,
        summary="See your VIP and what you have unlocked, with a statement for offline use",
        query=EntitlementsQuery,
        answer=Entitlements,
        problems=(ViewerDeleted, Busy),
    ),
    Route(
        method="GET",
        path="/.well-known/jwks.json",
        operation="get_statement_keys",
        per_second=100,
        access=Access.PUBLIC,
        summary="Get the keys that statements are verified with",
        answer=JsonWebKeySet,
        cache_seconds=_HOUR,
    ),
)
