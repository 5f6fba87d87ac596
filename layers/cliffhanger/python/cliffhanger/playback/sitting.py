"""A sitting: the viewer asks once, and watches every open episode of the drama with one token."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from cliffhanger import clock, ids
from cliffhanger.catalog import browse, generations, manifest
from cliffhanger.catalog.errors import DramaNotFound, EpisodeNotFound
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Episode
from cliffhanger.dynamo import Item
from cliffhanger.edge import revocations
from cliffhanger.entitlements import charging, rights, stopped, whole_drama
from cliffhanger.entitlements.charging import Seen
from cliffhanger.entitlements.numbers import ranges
from cliffhanger.entitlements.rights import Rights
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.pages import PageQuery
from cliffhanger.playback.keyring import PlaybackKey, cached_keyring
from cliffhanger.playback.models import (
    DramaAccess,
    EpisodeAccess,
    NextEpisode,
    OpenEpisode,
    Playback,
    PlaybackInput,
)
from cliffhanger.playback.settings import PlaybackSettings
from cliffhanger.playback.token import Grant, mint
from cliffhanger.settings import load
from cliffhanger.watching import progress

ISSUER = "cliffhanger"

_LISTED = 11  # the episode asked for and the next ten
_CLOCK_SKEW = timedelta(seconds=30)  # an edge location's clock may be behind ours


def open_sitting(
    episode_id: str,
    viewer_id: str,
    wanted: PlaybackInput,
    key: IdempotencyKey | None = None,
) -> Playback:
    """Return the URL of an episode, and one token for all that the viewer may watch of the drama.

    Warm, it costs one round trip: the drama, whose version says whether the manifest is still
    good, and with it the viewer, their VIP and their unlocks. Who pays with coins has their wallets
    read with it, and a charge is one round trip more.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        EpisodeNotFound: no viewer may see such an episode.
        PlaybackStopped: the studio has stopped the viewer, the drama or the episode.
        EpisodeLocked: it is not open, and the viewer would not pay for it.
        InsufficientCoins: it is not open, and there are not enough coins.
        IdempotencyKeyReused: the key charged for something else.
        PlaybackUnavailable: there is no key to sign with yet. Nothing was charged.
        Busy: others went on changing wallet or unlocks. Nothing was charged.
    """
    at = generations.place(episode_id)
    has, seen, drama, revoked = _look(viewer_id, at, pays=wanted.unlock == "coins")
    try:
        whole = manifest.of_head(at.drama_id, drama)
        episode = whole.by_id[episode_id]
    except (DramaNotFound, KeyError) as error:
        raise EpisodeNotFound("No viewer can see an episode with this id.") from error
    stopped.require_none(revoked)
    signing_key = _signing_key()  # before anything is charged
    asked = Wanted(manifest=whole, episode=episode, unlock=wanted.unlock, key=key)
    if has.opens(whole, episode):
        charged = charging.charged_before(has, asked)
    else:
        settled = charging.charge(viewer_id, asked, seen)
        has, charged = settled.rights, settled.coins
    return _granted(whole, episode, has, signing_key, viewer_id=viewer_id, charged=charged)


def _look(
    viewer_id: str, at: generations.Place, *, pays: bool
) -> tuple[Rights, Seen | None, Item | None, Sequence[Item | None]]:
    """Read what decides: with the wallets, and consistently, for those who would pay."""
    slot = revocations.slot_subject(at.drama_id, at.slot)
    others = (lambda _: manifest.head(at.drama_id), *stopped.places(at.drama_id, slot))
    if not pays:
        has, (drama, *revoked) = rights.read(viewer_id, at.drama_id, *others)
        return has, None, drama, revoked
    seen, (drama, *revoked) = charging.look(viewer_id, at.drama_id, *others)
    return seen.rights, seen, drama, revoked


def _signing_key() -> PlaybackKey:
    return cached_keyring(load(PlaybackSettings).playback_keys_secret).signing(clock.now())


def _granted(
    whole: Manifest,
    episode: Episode,
    has: Rights,
    key: PlaybackKey,
    *,
    viewer_id: str,
    charged: int,
) -> Playback:
    settings = load(PlaybackSettings)
    now = clock.now().replace(microsecond=0)
    opened = has.open_episodes(whole)
    listed = islice((one for one in opened if one.number >= episode.number), _LISTED)
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
        url=base_url + episode.path,
        base_url=base_url,
        expires_at=grant.expires_at,
        session_id=grant.session_id,
        charged=charged,
        open=ranges(one.number for one in opened),
        episodes=[
            OpenEpisode(
                episode_id=one.id,
                number=one.number,
                path=one.path,
                poster=f"{one.folder}/{one.poster}" if one.poster else None,
            )
            for one in listed
        ],
        next=_next(whole, episode, has),
    )


def access(drama_id: str, viewer_id: str, page: PageQuery) -> DramaAccess:
    """Return a page of a drama's episodes with what a viewer may watch, and where they stopped.

    With it comes what the rest of the drama costs: that is of the whole of it, on every page.

    Raises:
        ViewerDeleted: the access token has outlived its viewer.
        DramaNotFound: there is no such drama, or it is not published.
    """
    has, (drama, watched) = rights.read(
        viewer_id,
        drama_id,
        lambda _: manifest.head(drama_id),
        lambda _: progress.watched_place(viewer_id, drama_id),
    )
    whole = manifest.of_head(drama_id, drama)
    chosen, next_cursor = browse.cut(whole.episodes, page)
    return DramaAccess(
        items=[
            EpisodeAccess(
                episode_id=one.id,
                number=one.number,
                access=has.access(whole, one),
                position_seconds=progress.position(watched, one.slot),
            )
            for one in chosen
        ],
        next_cursor=next_cursor,
        bundle_price=whole_drama.price(whole, has, clock.now()),
    )


def _next(whole: Manifest, episode: Episode, has: Rights) -> NextEpisode | None:
    after = next((one for one in whole.episodes if one.number > episode.number), None)
    if after is None:
        return None
    access = has.access(whole, after)
    price = whole.price(after) if access == "locked" else 0
    return NextEpisode(episode_id=after.id, access=access, price=price)
