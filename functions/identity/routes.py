"""The routes of identity."""

from cliffhanger.identity.sessions import (
    Guest,
    RefreshInput,
    RefreshRefused,
    Session,
    TooManyGuests,
)
from cliffhanger.routing import Access, Route

ROUTES = (
    Route(
        method="POST",
        path="/guests",
        operation="create_guest",
        access=Access.PUBLIC,
        summary="Become a viewer without signing up",
        status=201,
        answer=Guest,
        problems=(TooManyGuests,),
    ),
    Route(
        method="POST",
        path="/sessions/refresh",
        operation="refresh_session",
        access=Access.PUBLIC,
        summary="Get a fresh access token",
        body=RefreshInput,
        answer=Session,
        problems=(RefreshRefused,),
    ),
)
