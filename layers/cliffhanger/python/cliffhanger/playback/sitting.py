"""A sitting: the viewer asks once, and watches every open episode of the drama with one token."""

from collections.abc import Iterable
from datetime import timedelta

from cliffhanger import clock, dynamo, ids
from cliffhanger.catalog import browse, generations, manifest
from cliffhanger.catalog.errors import EpisodeNotFound
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Episode
from cliffhanger.identity import viewers
from cliffhanger.media.keys import generation_path
from cliffhanger.pages import Page, PageQuery
from cliffhanger.playback.errors import EpisodeLocked
from cliffhanger.playback.keyring import cached_keyring
from cliffhanger.playback.models import (
    Access,
    EpisodeAccess,
    NextEpisode,
    OpenEpisode,
    Playback,
)
from cliffhanger.playback.settings import PlaybackSettings
from cliffhanger.playback.token import Grant, mint
from cliffhanger.settings import load
from cliffhanger.wallet import balance
from cliffhanger.watching import progress

ISSUER = "cliffhanger"

_LISTED = 11  # the episode asked for and the next ten
_CLOCK_SKEW = timedelta(seconds=30)  # an edge location's clock may be behind ours


def open_sitting(episode_id: str, viewer_id: str) -> Playback:
    """Return the URL of an episode, and one token for all that the viewer may watch of the drama.

    Warm, it costs one round trip: the drama, whose version says whether the manifest is still
    good, and the viewer, who may have been deleted.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        EpisodeNotFound: no viewer may see such an episode.
        EpisodeLocked: it is not free. The members `price` and `balance` tell what is missing.
        PlaybackUnavailable: there is no key to sign with yet.
    """
    drama_id = generations.place(episode_id).drama_id
    viewer, drama = dynamo.batch_get(viewers.place(viewer_id), manifest.head(drama_id))
    viewers.require_alive(viewer)
    whole = manifest.of_head(drama_id, drama)
    episode = whole.by_id.get(episode_id)
    if episode is None:
        raise EpisodeNotFound("No viewer can see an episode with this id.")
    opened = [one for one in whole.episodes if whole.is_free(one)]
    if not whole.is_free(episode):
        raise EpisodeLocked(
            f"Episode {episode.number} costs {whole.price(episode)} coins.",
            price=whole.price(episode),
            balance=balance.read(viewer_id).spendable,
        )
    return _granted(whole, episode, opened, viewer_id)


def _granted(whole: Manifest, episode: Episode, opened: list[Episode], viewer_id: str) -> Playback:
    settings = load(PlaybackSettings)
    now = clock.now().replace(microsecond=0)
    key = cached_keyring(settings.playback_keys_secret).signing(now)
    grant = Grant(
        session_id=ids.new("ses"),
        viewer_id=viewer_id,
        drama_id=whole.drama.id,
        slots=[one.slot for one in opened],
        issued_at=now,
        not_before=now - _CLOCK_SKEW,
        expires_at=now + timedelta(seconds=settings.token_seconds),
    )
    token = mint(grant, issuer=ISSUER, key=key.bytes)
    base_url = f"{settings.media_url}/{key.id}.{token}/"
    return Playback(
        url=base_url + _path(episode),
        base_url=base_url,
        expires_at=grant.expires_at,
        session_id=grant.session_id,
        charged=0,
        open=ranges(one.number for one in opened),
        episodes=[
            OpenEpisode(
                episode_id=one.id,
                number=one.number,
                path=_path(one),
                poster=f"{_folder(one)}/{one.poster}" if one.poster else None,
            )
            for one in opened
            if one.number >= episode.number
        ][:_LISTED],
        next=_next(whole, episode),
    )


def access(drama_id: str, viewer_id: str, page: PageQuery) -> Page[EpisodeAccess]:
    """Return a page of a drama's episodes with what a viewer may watch, and where they stopped.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        DramaNotFound: there is no such drama, or it is not published.
    """
    viewer, drama, watched = dynamo.batch_get(
        viewers.place(viewer_id),
        manifest.head(drama_id),
        progress.watched_place(viewer_id, drama_id),
    )
    viewers.require_alive(viewer)
    whole = manifest.of_head(drama_id, drama)
    chosen, next_cursor = browse.cut(whole.episodes, page)
    return Page[EpisodeAccess](
        items=[
            EpisodeAccess(
                episode_id=one.id,
                number=one.number,
                access=_access(whole, one),
                position_seconds=progress.position(watched, one.slot),
            )
            for one in chosen
        ],
        next_cursor=next_cursor,
    )


def _access(whole: Manifest, episode: Episode) -> Access:
    return "free" if whole.is_free(episode) else "locked"


def _path(episode: Episode) -> str:
    return f"{_folder(episode)}/{episode.master}"


def _folder(episode: Episode) -> str:
    return generation_path(episode.drama_id, episode.slot, episode.generation)


def _next(whole: Manifest, episode: Episode) -> NextEpisode | None:
    after = next((one for one in whole.episodes if one.number > episode.number), None)
    if after is None:
        return None
    return NextEpisode(episode_id=after.id, access=_access(whole, after), price=whole.price(after))


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers in order as ranges: 1, 2, 3, 7 are `1-3,7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ",".join("-".join(str(end) for end in run) for run in runs)
