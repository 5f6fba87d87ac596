"""The routes of the public catalogue."""

from cliffhanger.catalog.errors import DramaNotFound
from cliffhanger.catalog.models import PublicDrama, PublicEpisode
from cliffhanger.pages import Page, PageQuery
from cliffhanger.routing import Access, Route

CACHE_SECONDS = 60

ROUTES = (
    Route(
        method="GET",
        path="/dramas",
        operation="list_dramas",
        access=Access.PUBLIC,
        summary="List the published dramas, newest first",
        query=PageQuery,
        answer=Page[PublicDrama],
        cache_seconds=CACHE_SECONDS,
    ),
    Route(
        method="GET",
        path="/dramas/{drama_id}",
        operation="get_drama",
        access=Access.PUBLIC,
        summary="Look at a published drama",
        answer=PublicDrama,
        cache_seconds=CACHE_SECONDS,
        problems=(DramaNotFound,),
    ),
    Route(
        method="GET",
        path="/dramas/{drama_id}/episodes",
        operation="list_episodes",
        access=Access.PUBLIC,
        summary="List the visible episodes of a drama, by number",
        query=PageQuery,
        answer=Page[PublicEpisode],
        cache_seconds=CACHE_SECONDS,
        problems=(DramaNotFound,),
    ),
)
