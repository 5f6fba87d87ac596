"""A drama's manifest: its visible episodes in order, cached by the drama's version."""

from dataclasses import dataclass
from functools import cached_property

from cliffhanger import dynamo
from cliffhanger.catalog import repository
from cliffhanger.catalog.errors import DramaNotFound
from cliffhanger.catalog.models import Drama, Episode
from cliffhanger.dynamo import Item

_KEPT = 64
_cache: dict[str, "Manifest"] = {}


@dataclass(frozen=True)
class Manifest:
    """A published drama and the episodes of it that viewers see, by number."""

    drama: Drama
    episodes: tuple[Episode, ...]

    @cached_property
    def by_id(self) -> dict[str, Episode]:
        """The same episodes, by id."""
        return {episode.id: episode for episode in self.episodes}

    @cached_property
    def free_slots(self) -> frozenset[int]:
        """The slots of the episodes that are free for everyone."""
        return frozenset(one.slot for one in self.episodes if self.is_free(one))

    def is_free(self, episode: Episode) -> bool:
        """Whether an episode is free for everyone."""
        return episode.number <= self.drama.free_episodes or self.drama.episode_price == 0

    def price(self, episode: Episode) -> int:
        """Return the price of an episode in coins; 0 when it is free."""
        return 0 if self.is_free(episode) else self.drama.episode_price


def read(drama_id: str) -> Manifest:
    """Return the manifest of a published drama: one read, and the episodes when its version moved.

    The version is read first and the episodes after it, consistently: what is kept under a version
    is never older than it.

    Raises:
        DramaNotFound: there is none, or it is not published.
    """
    return of_head(drama_id, dynamo.get(*head(drama_id)))


def head(drama_id: str) -> tuple[str, Item]:
    """Return table and key of a drama, for those who read it together with something else."""
    return repository.table(), repository.drama_key(drama_id)


def of_head(drama_id: str, item: Item | None) -> Manifest:
    """Return the manifest of a drama that has been read as `head` says.

    Raises:
        DramaNotFound: there is none, or it is not published.
    """
    if item is None or item["status"] != "published":
        _cache.pop(drama_id, None)
        raise DramaNotFound("No published drama has this id.")
    kept = _cache.get(drama_id)
    if kept is not None and kept.drama.version == item["version"]:
        return kept
    drama = Drama.model_validate(item)
    visible = (episode for episode in repository.episodes(drama_id) if episode.is_visible)
    made = Manifest(drama, tuple(sorted(visible, key=lambda episode: episode.number)))
    while len(_cache) >= _KEPT:
        _cache.pop(next(iter(_cache)))
    _cache[drama_id] = made
    return made
