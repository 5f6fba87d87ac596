"""An episode's generations: what uploads and transcoding may do to it.

The writes are returned, not done: they belong in one transaction with those of the asset.
"""

from datetime import datetime

from cliffhanger import clock, dynamo
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Episode
from cliffhanger.catalog.repository import Place, place

__all__ = ["Place", "episode_at", "go_live", "last_generation", "place", "take_generation"]


def last_generation(at: Place) -> int:
    """Return the newest generation that an upload has taken, 0 when there is none."""
    _, item = repository.episode_item_at(at)
    return int(item["last_generation"])


def episode_at(at: Place) -> Episode:
    """Return the episode as the table has it now."""
    return repository.episode_item_at(at)[0]


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


def go_live(
    at: Place, *, generation: int, asset_id: str, duration_ms: int, now: datetime
) -> tuple[dynamo.Write, dynamo.Write]:
    """Return the writes that switch an episode to a generation: a higher one, and not when pinned.

    The first is the switch and carries the condition; the second tells every cache.
    """
    stamp = clock.iso(now)
    switch = dynamo.update(
        repository.table(),
        repository.episode_key(at.drama_id, at.slot),
        "SET #generation = :generation, #asset_id = :asset, #duration_ms = :duration,"
        " #updated_at = :now",
        condition="#generation < :generation AND #pinned = :no",
        generation=generation,
        asset=asset_id,
        duration=duration_ms,
        now=stamp,
        no=False,
    )
    return switch, repository.touch_drama(at.drama_id, stamp)
