"""Where the catalogue's items stand in the content table.

| pk | sk | item |
|---|---|---|
| drm_... | DRAMA | the drama; its version grows with each change to it or to an episode |
| drm_... | EP#0001 | an episode, by its slot |
| drm_... | GEN#0001#00003 | a generation of an episode, see `generations` |
| drm_... | NUMBER#0001 | holds a number for one episode |
| DRAMAS | drm_... | says that there is such a drama; never changes |
| ep_... | EPISODE | where the episode stands; never changes |
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cliffhanger import clock, dynamo
from cliffhanger.catalog.errors import DramaNotFound, EpisodeNotFound
from cliffhanger.catalog.models import Drama, Episode
from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.dynamo import Item
from cliffhanger.settings import load
from cliffhanger.tables import SHELF, SK

PUBLISHED = "published"
SHELVED_AT = re.compile(r"[0-9-]{10}T[0-9:.]{12}Z#drm_[0-9A-Z]{26}")
"""A place on the shelf: since when, and which drama."""

_DRAMA = "DRAMA"
_DRAMAS = "DRAMAS"
_EPISODE = "EPISODE"


def table() -> str:
    """Return the name of the content table."""
    return load(CatalogSettings).content_table


def drama_key(drama_id: str) -> Item:
    """Return the key of a drama."""
    return dynamo.key(drama_id, _DRAMA)


def episode_key(drama_id: str, slot: int) -> Item:
    """Return the key of an episode."""
    return dynamo.key(drama_id, f"EP#{slot:04d}")


def generation_prefix(slot: int) -> str:
    """Return how the sort keys of an episode's generations begin."""
    return f"GEN#{slot:04d}#"


def generation_key(at: "Place", generation: int) -> Item:
    """Return the key of a generation of an episode."""
    return dynamo.key(at.drama_id, f"{generation_prefix(at.slot)}{generation:05d}")


def number_item(episode: Episode) -> Item:
    """Return the item that holds a number for an episode."""
    return dynamo.key(episode.drama_id, f"NUMBER#{episode.number:04d}") | {"slot": episode.slot}


def place_item(episode: Episode) -> Item:
    """Return the item that leads from an episode's id to where it stands."""
    place = {"drama_id": episode.drama_id, "slot": episode.slot}
    return dynamo.key(episode.id, _EPISODE) | place


def drama_item(drama: Drama) -> Item:
    """Return a drama as it is stored. One that is published carries the keys of the shelf."""
    return drama_key(drama.id) | drama.model_dump(mode="json") | {"last_slot": 0}


def listed_item(drama: Drama) -> Item:
    """Return the item by which the studio finds a drama, published or not."""
    return dynamo.key(_DRAMAS, drama.id)


def all_dramas(*, limit: int, after: str | None) -> tuple[list[Drama], str | None]:
    """Return a page of all dramas, the newest first, and the id to go on from."""
    start = dynamo.key(_DRAMAS, after) if after else None
    listed, last = dynamo.page(table(), None, _DRAMAS, limit=limit, start=start)
    if not listed:
        return [], None
    keys = [(table(), drama_key(item[SK])) for item in listed]
    found = dynamo.batch_get(*keys, consistent=True)
    return [Drama.model_validate(item) for item in found if item], last[SK] if last else None


def episode_item(episode: Episode) -> Item:
    """Return an episode as it is stored."""
    return (
        episode_key(episode.drama_id, episode.slot)
        | episode.model_dump(mode="json")
        | {"last_generation": 0}
    )


def find_drama(drama_id: str, *, consistent: bool = True) -> tuple[Drama, Item]:
    """Return a drama and its item.

    Raises:
        DramaNotFound: there is none.
    """
    item = dynamo.get(table(), drama_key(drama_id), consistent=consistent)
    if item is None:
        raise DramaNotFound("No drama has this id.")
    return Drama.model_validate(item), item


def episodes(drama_id: str) -> Iterator[Episode]:
    """Return every episode of a drama, by slot, as the table has them now."""
    for item in dynamo.query(table(), drama_id, prefix="EP#", consistent=True):
        yield Episode.model_validate(item)


@dataclass(frozen=True)
class Place:
    """Where an episode stands, for ever."""

    drama_id: str
    slot: int


@lru_cache(maxsize=4096)
def place(episode_id: str) -> Place:
    """Return where an episode stands. It never changes, so a warm function asks once.

    Raises:
        EpisodeNotFound: there is none.
    """
    item = dynamo.get(table(), dynamo.key(episode_id, _EPISODE), consistent=True)
    if item is None:
        raise EpisodeNotFound("No episode has this id.")
    return Place(drama_id=item["drama_id"], slot=item["slot"])


def find_episode(episode_id: str) -> Episode:
    """Return an episode as the table has it now.

    Raises:
        EpisodeNotFound: there is none.
    """
    return episode_item_at(place(episode_id))[0]


def episode_item_at(at: Place) -> tuple[Episode, Item]:
    """Return the episode that stands at a place, and its item.

    Raises:
        EpisodeNotFound: there is none.
    """
    item = dynamo.get(table(), episode_key(at.drama_id, at.slot), consistent=True)
    if item is None:
        raise EpisodeNotFound("No episode has this id.")
    return Episode.model_validate(item), item


def stop_episode(at: Place, until: datetime, now: datetime) -> dynamo.Write:
    """Return the write by which an episode is known to be revoked until a time."""
    return dynamo.update(
        table(),
        episode_key(at.drama_id, at.slot),
        "SET #stopped_until = :until, #updated_at = :now",
        condition="attribute_exists(pk)",
        until=clock.iso(until),
        now=clock.iso(now),
    )


def shelf(*, limit: int, after: str | None) -> tuple[list[Drama], str | None]:
    """Return a page of the published dramas, newest first, and the place to go on from."""
    start = None
    if after is not None:
        _, _, drama_id = after.partition("#")
        start = drama_key(drama_id) | {SHELF.partition_key: PUBLISHED, SHELF.sort_key: after}
    items, last = dynamo.page(table(), SHELF, PUBLISHED, limit=limit, start=start)
    return [Drama.model_validate(item) for item in items], last[SHELF.sort_key] if last else None


def touch_drama(drama_id: str, now: str) -> dynamo.Write:
    """Return the write that tells every cache that something in the drama changed."""
    return dynamo.update(
        table(),
        drama_key(drama_id),
        "SET #version = #version + :one, #updated_at = :now",
        condition="attribute_exists(pk)",
        one=1,
        now=now,
    )
