"""The routes of viewing."""

from cliffhanger.catalog.errors import DramaNotFound, EpisodeNotFound
from cliffhanger.pages import Page, PageQuery
from cliffhanger.playback.errors import EpisodeLocked
from cliffhanger.playback.keyring import PlaybackUnavailable
from cliffhanger.playback.models import EpisodeAccess, Playback, PlaybackInput
from cliffhanger.routing import Access, Route

ROUTES = (
    Route(
        method="POST",
        path="/episodes/{episode_id}/playback",
        operation="open_playback",
        access=Access.VIEWER,
        summary="Get one URL and token for every open episode of a drama",
        body=PlaybackInput,
        answer=Playback,
        problems=(EpisodeNotFound, EpisodeLocked, PlaybackUnavailable),
    ),
    Route(
        method="GET",
        path="/dramas/{drama_id}/access",
        operation="list_access",
        access=Access.VIEWER,
        summary="See which episodes of a drama the viewer may watch",
        query=PageQuery,
        answer=Page[EpisodeAccess],
        problems=(DramaNotFound,),
    ),
)
