"""The routes of viewing."""

from cliffhanger.catalog.errors import DramaNotFound, EpisodeNotFound
from cliffhanger.entitlements.errors import EpisodeLocked
from cliffhanger.entitlements.models import DramaUnlock
from cliffhanger.entitlements.stopped import PlaybackStopped
from cliffhanger.errors import IdempotencyKeyReused
from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.pages import Page, PageQuery
from cliffhanger.playback.keyring import PlaybackUnavailable
from cliffhanger.playback.models import DramaAccess, Playback, PlaybackInput
from cliffhanger.routing import Access, Route
from cliffhanger.wallet.errors import InsufficientCoins
from cliffhanger.watching.models import HistoryRow, Progress, ProgressInput

ROUTES = (
    Route(
        method="POST",
        path="/episodes/{episode_id}/playback",
        operation="open_playback",
        access=Access.VIEWER,
        summary="Get one URL and token for every open episode of a drama",
        body=PlaybackInput,
        answer=Playback,
        problems=(
            ViewerDeleted,
            EpisodeNotFound,
            PlaybackStopped,
            EpisodeLocked,
            InsufficientCoins,
            IdempotencyKeyReused,
            PlaybackUnavailable,
        ),
    ),
    Route(
        method="POST",
        path="/dramas/{drama_id}/unlock",
        operation="unlock_drama",
        access=Access.VIEWER,
        summary="Unlock a whole drama at its discount, future episodes too",
        idempotent=True,
        answer=DramaUnlock,
        problems=(ViewerDeleted, DramaNotFound, PlaybackStopped, InsufficientCoins),
    ),
    Route(
        method="GET",
        path="/dramas/{drama_id}/access",
        operation="list_access",
        access=Access.VIEWER,
        summary="See which episodes of a drama the viewer may watch",
        query=PageQuery,
        answer=DramaAccess,
        problems=(ViewerDeleted, DramaNotFound),
    ),
    Route(
        method="POST",
        path="/progress",
        operation="report_progress",
        body_bytes=65_536,
        access=Access.VIEWER,
        summary="Report where the viewer is: this is what counts as a play",
        body=ProgressInput,
        answer=Progress,
        problems=(ViewerDeleted,),
    ),
    Route(
        method="GET",
        path="/history",
        operation="list_history",
        access=Access.VIEWER,
        summary="List the dramas that the viewer has watched, the latest first",
        query=PageQuery,
        answer=Page[HistoryRow],
        problems=(ViewerDeleted,),
    ),
)
