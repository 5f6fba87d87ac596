"""An episode's generations: what uploads and transcoding may do to it.

The writes are returned, not done: they belong in one transaction with those of the asset.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from cliffhanger import clock, dynamo
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Episode
from cliffhanger.catalog.repository import Place, place

__all__ = [
    "Place",
    "Ready",
    "go_live",
    "last_generation",
    "pin",
    "place",
    "ready_generations",
    "remember",
    "take_generation",
]


def last_generation(at: Place) -> int:
    """Return the newest generation that an upload has taken, 0 when there is none."""
    _, item = repository.episode_item_at(at)
    return int(item["last_generation"])


def take_generation(at: Place, generation: int) -> dynamo.Write:
    """Return the write that takes the next generation; it fails when another upload was faster."""
    return dynamo.update(
        repository.table(),
        repository.episode_key(at.drama_id, at.slot),
        "SET #last_generation = :next",
        condition="#last_generation = :last",
        next=generation,
        last=generation - 1,
    )


@dataclass(frozen=True)
class Ready:
    """A generation that can be played, and the asset that it is made of."""

    generation: int
    asset_id: str
    duration_ms: int


_REMEMBER = "#history = list_append(if_not_exists(#history, :none), :ready)"


def go_live(at: Place, ready: Ready, now: datetime) -> tuple[dynamo.Write, dynamo.Write]:
    """Return the writes that switch an episode to a generation: a higher one, and not when pinned.

    The first is the switch and carries the condition; the second tells every cache.
    """
    stamp = clock.iso(now)
    switch = dynamo.update(
        repository.table(),
        repository.episode_key(at.drama_id, at.slot),
        "SET #generation = :generation, #asset_id = :asset, #duration_ms = :duration,"
        f" #updated_at = :now, {_REMEMBER}",
        condition="#generation < :generation AND #pinned = :no",
        generation=ready.generation,
        asset=ready.asset_id,
        duration=ready.duration_ms,
        now=stamp,
        no=False,
        none=[],
        ready=[asdict(ready)],
    )
    return switch, repository.touch_drama(at.drama_id, stamp)


def remember(at: Place, ready: Ready) -> dynamo.Write:
    """Return the write that keeps a ready generation for later, without switching to it."""
    return dynamo.update(
        repository.table(),
        repository.episode_key(at.drama_id, at.slot),
        f"SET {_REMEMBER}",
        condition="attribute_exists(pk)",
        none=[],
        ready=[asdict(ready)],
    )


def pin(
    at: Place, episode: Episode, to: Ready, now: datetime, *, pinned: bool
) -> tuple[dynamo.Write, dynamo.Write]:
    """Return the writes that switch an episode by hand, and hold it there or let it go on.

    They fail when the episode is not what it was when it was read.
    """
    stamp = clock.iso(now)
    switch = dynamo.update(
        repository.table(),
        repository.episode_key(at.drama_id, at.slot),
        "SET #generation = :generation, #asset_id = :asset, #duration_ms = :duration,"
        " #updated_at = :now, #pinned = :pinned",
        condition="#generation = :seen AND #pinned = :held",
        generation=to.generation,
        asset=to.asset_id,
        duration=to.duration_ms,
        now=stamp,
        pinned=pinned,
        seen=episode.generation,
        held=episode.pinned,
    )
    return switch, repository.touch_drama(at.drama_id, stamp)


def ready_generations(at: Place) -> tuple[Episode, list[Ready]]:
    """Return an episode and every generation of it that was ever ready, the lowest first."""
    episode, item = repository.episode_item_at(at)
    found = (Ready(**one) for one in item.get("history", []))
    return episode, sorted(found, key=lambda ready: ready.generation)
