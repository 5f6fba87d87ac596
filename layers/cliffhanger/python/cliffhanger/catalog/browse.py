"""What anyone may see: published dramas and their visible episodes, in one language."""

from collections.abc import Sequence

from cliffhanger import pages
from cliffhanger.catalog import manifest, repository
from cliffhanger.catalog.errors import DramaNotFound
from cliffhanger.catalog.languages import choose
from cliffhanger.catalog.manifest import Manifest
from cliffhanger.catalog.models import Drama, Episode, PublicDrama, PublicEpisode
from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.pages import Page, PageQuery, decode_cursor, encode_cursor
from cliffhanger.settings import load


def dramas(page: PageQuery, accept_language: str | None) -> Page[PublicDrama]:
    """Return a page of the published dramas, newest first."""
    after = decode_cursor(page.cursor, str, repository.SHELVED_AT) if page.cursor else None
    found, last = repository.shelf(limit=page.limit, after=after)
    return Page[PublicDrama](
        items=[_public_drama(drama, accept_language) for drama in found],
        next_cursor=encode_cursor(last) if last else None,
    )


def drama(drama_id: str, accept_language: str | None) -> PublicDrama:
    """Return one published drama.

    Raises:
        DramaNotFound: there is none, or it is not published.
    """
    found, _ = repository.find_drama(drama_id, consistent=False)
    if found.status != "published":
        raise DramaNotFound("No published drama has this id.")
    return _public_drama(found, accept_language)


def episodes(drama_id: str, page: PageQuery, accept_language: str | None) -> Page[PublicEpisode]:
    """Return a page of a drama's visible episodes, by number.

    Raises:
        DramaNotFound: there is no such drama, or it is not published.
    """
    whole = manifest.read(drama_id)
    chosen, next_cursor = cut(whole.episodes, page)
    return Page[PublicEpisode](
        items=[_public_episode(whole, episode, accept_language) for episode in chosen],
        next_cursor=next_cursor,
    )


def cut(by_number: Sequence[Episode], page: PageQuery) -> tuple[list[Episode], str | None]:
    """Return a page out of a drama's episodes, and the cursor of the next page."""
    return pages.cut(by_number, lambda episode: episode.number, int, page)


def _language(drama: Drama, offered: dict[str, str], accept_language: str | None) -> str:
    fallbacks = [load(CatalogSettings).default_language, drama.original_language]
    return choose(accept_language, offered, fallbacks)


def _public_drama(drama: Drama, accept_language: str | None) -> PublicDrama:
    language = _language(drama, drama.title, accept_language)
    synopsis = None
    if drama.synopsis:
        synopsis = drama.synopsis[_language(drama, drama.synopsis, accept_language)]
    return PublicDrama(
        id=drama.id,
        title=drama.title[language],
        synopsis=synopsis,
        language=language,
        original_language=drama.original_language,
        free_episodes=drama.free_episodes,
        episode_price=drama.episode_price,
        bundle_discount=drama.bundle_discount,
    )


def _public_episode(
    whole: Manifest, episode: Episode, accept_language: str | None
) -> PublicEpisode:
    language = _language(whole.drama, episode.title, accept_language)
    return PublicEpisode(
        id=episode.id,
        drama_id=episode.drama_id,
        number=episode.number,
        title=episode.title[language],
        duration_seconds=(episode.duration_ms or 0) / 1000,
        access="free" if whole.is_free(episode) else "priced",
        price=whole.price(episode),
        path=episode.path,
    )
