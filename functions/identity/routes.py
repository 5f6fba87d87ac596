"""The routes of identity."""

from cliffhanger.identity.merging import MergeInput, NotMergeable
from cliffhanger.identity.sessions import (
    Guest,
    RefreshInput,
    RefreshRefused,
    Session,
    TooManyGuests,
)
from cliffhanger.identity.viewers import Viewer, ViewerDeleted, ViewerPatch
from cliffhanger.routing import Access, Route

# A new user pool creates fifty users a second (Amazon Cognito, "Quotas": UserCreation). What is
# above it would be refused there, after a function was paid for.
GUESTS_PER_SECOND = 50
# And it authenticates a hundred and twenty a second (UserAuthentication), guests among them.
SESSIONS_PER_SECOND = 100

ROUTES = (
    Route(
        method="POST",
        path="/guests",
        operation="create_guest",
        by_country=True,
        access=Access.PUBLIC,
        summary="Become a viewer without signing up",
        status=201,
        answer=Guest,
        problems=(TooManyGuests,),
        per_second=GUESTS_PER_SECOND,
    ),
    Route(
        method="POST",
        path="/sessions/refresh",
        operation="refresh_session",
        per_second=SESSIONS_PER_SECOND,
        access=Access.PUBLIC,
        summary="Get a fresh access token",
        body=RefreshInput,
        answer=Session,
        problems=(RefreshRefused,),
    ),
    Route(
        method="GET",
        path="/me",
        operation="get_me",
        by_country=True,
        access=Access.VIEWER,
        summary="Look at your account",
        answer=Viewer,
        problems=(ViewerDeleted,),
    ),
    Route(
        method="PATCH",
        path="/me",
        operation="edit_me",
        by_country=True,
        access=Access.VIEWER,
        summary="Change your settings and your consent",
        body=ViewerPatch,
        answer=Viewer,
        problems=(ViewerDeleted,),
    ),
    Route(
        method="DELETE",
        path="/me",
        operation="delete_me",
        per_second=20,
        access=Access.VIEWER,
        summary="Delete your account: sessions and playback end at once",
        status=204,
    ),
    Route(
        method="POST",
        path="/me/merge",
        operation="merge_guest",
        per_second=20,
        by_country=True,
        access=Access.VIEWER,
        summary="Let a guest join your account: coins, debt, VIP and unlocks come over",
        body=MergeInput,
        answer=Viewer,
        idempotent=True,
        problems=(ViewerDeleted, NotMergeable),
    ),
)
