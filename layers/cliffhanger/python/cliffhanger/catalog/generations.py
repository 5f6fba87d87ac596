"""An episode's generations: what uploads and transcoding may do to it.

| pk | sk | item |
|---|---|---|
| drm_... | GEN#0001#00003 | a generation that is or was ready, by its episode's slot |

A generation below the one that plays carries `superseded_at` and stands in the index of due items
until it is swept. Rolling back to it takes it out of there in the transaction of the switch, and
the sweep marks what it is about to delete, so the two cannot both win.

The writes are returned, not done: they belong in one transaction with those of the asset.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from cliffhanger import clock, dynamo
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Episode
from cliffhanger.catalog.repository import Place, place
from cliffhanger.tables import DUE

__all__ = [
    "SUPERSEDED",
    "Place",
    "Ready",
    "Standing",
    "abandon",
    "go_live",
    "last_generation",
    "look",
    "pin",
    "place",
    "remaster",
    "remember",
    "swept",
    "take_down",
    "take_generation",
]

SUPERSEDED = "superseded"
"""What the index of due items calls a generation that no longer plays."""

_MARKED_AT_ONCE = 20  # a transaction takes a hundred writes; the rest is marked by the next switch


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
    """A generation that can be played: its asset, and the files to begin with in its folder."""

    generation: int
    asset_id: str
    duration_ms: int
    master: str
    poster: str | None

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Ready":
        """Read what the table has."""
        return cls(**{field.name: item[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class Standing:
    """An episode as it was read, with every generation that can be played, the lowest first."""

    at: Place
    episode: Episode
    ready: tuple[Ready, ...]
    unmarked: frozenset[int]

    def would_go_live(self, generation: int) -> bool:
        """Whether a generation goes live by itself: a higher one does, unless one is pinned."""
        return generation > self.episode.generation and not self.episode.pinned

    def below(self, generation: int) -> list[int]:
        """Return the generations below one that are not marked as superseded yet."""
        return sorted(one for one in self.unmarked if one < generation)[:_MARKED_AT_ONCE]


def look(at: Place) -> Standing:
    """Return how an episode and its generations stand now.

    Raises:
        EpisodeNotFound: there is none.
    """
    episode, _ = repository.episode_item_at(at)
    prefix = repository.generation_prefix(at.slot)
    items = [
        item
        for item in dynamo.query(repository.table(), at.drama_id, prefix=prefix, consistent=True)
        if "swept_at" not in item
    ]
    return Standing(
        at,
        episode,
        tuple(Ready.of(item) for item in items),
        frozenset(item["generation"] for item in items if "superseded_at" not in item),
    )


def go_live(standing: Standing, ready: Ready, now: datetime) -> list[dynamo.Write]:
    """Return the writes that switch an episode to a generation that has got ready.

    They fail when the episode is not what it was when it was read.
    """
    return [
        *_switch(standing, ready, now, pinned=False),
        _remembered(standing.at, ready),
        *(_superseded(standing.at, one, now) for one in standing.below(ready.generation)),
    ]


def remember(standing: Standing, ready: Ready, now: datetime) -> list[dynamo.Write]:
    """Return the writes that keep a ready generation for later, without switching to it."""
    key = repository.episode_key(standing.at.drama_id, standing.at.slot)
    held = dynamo.update(
        repository.table(),
        key,
        "SET #updated_at = :now",
        condition="#generation = :seen AND #pinned = :held",
        now=clock.iso(now),
        seen=standing.episode.generation,
        held=standing.episode.pinned,
    )
    below = ready.generation < standing.episode.generation
    return [held, _remembered(standing.at, ready, superseded_at=now if below else None)]


def pin(standing: Standing, to: Ready, now: datetime, *, pinned: bool) -> list[dynamo.Write]:
    """Return the writes that switch an episode by hand, and hold it there or let it go on.

    They fail when the episode is not what it was when it was read, or the generation was swept.
    """
    kept = dynamo.update(
        repository.table(),
        repository.generation_key(standing.at, to.generation),
        f"REMOVE #superseded_at, #{DUE.partition_key}, #{DUE.sort_key}",
        condition="attribute_exists(pk) AND attribute_not_exists(#swept_at)",
    )
    return [
        *_switch(standing, to, now, pinned=pinned),
        kept,
        *(_superseded(standing.at, one, now) for one in standing.below(to.generation)),
    ]


def remaster(standing: Standing, generation: int, master: str, now: datetime) -> list[dynamo.Write]:
    """Return the writes that give a ready generation another master playlist.

    They fail when the episode is not what it was when it was read, or the generation was swept.
    """
    stamp = clock.iso(now)
    table = repository.table()
    writes = [
        dynamo.update(
            table,
            repository.generation_key(standing.at, generation),
            "SET #master = :master",
            condition="attribute_exists(pk) AND attribute_not_exists(#swept_at)",
            master=master,
        ),
        dynamo.update(
            table,
            repository.episode_key(standing.at.drama_id, standing.at.slot),
            "SET #updated_at = :now, #master = :master",
            condition="#generation = :generation",
            now=stamp,
            master=master,
            generation=generation,
        ),
        repository.touch_drama(standing.at.drama_id, stamp),
    ]
    return writes if standing.episode.generation == generation else writes[:1]


def _switch(
    standing: Standing, to: Ready, now: datetime, *, pinned: bool
) -> tuple[dynamo.Write, dynamo.Write]:
    """Return the switch, which carries the condition, and what tells every cache."""
    stamp = clock.iso(now)
    values = asdict(to) | {"updated_at": stamp, "pinned": pinned}
    switch = dynamo.update(
        repository.table(),
        repository.episode_key(standing.at.drama_id, standing.at.slot),
        "SET " + ", ".join(f"#{name} = :{name}" for name in values),
        condition="#generation = :seen AND #pinned = :held",
        seen=standing.episode.generation,
        held=standing.episode.pinned,
        **values,
    )
    return switch, repository.touch_drama(standing.at.drama_id, stamp)


def _remembered(at: Place, ready: Ready, *, superseded_at: datetime | None = None) -> dynamo.Write:
    item = repository.generation_key(at, ready.generation) | asdict(ready) | {"slot": at.slot}
    if superseded_at:
        item |= _marks(superseded_at)
    return dynamo.put(repository.table(), item)


def _superseded(at: Place, generation: int, now: datetime) -> dynamo.Write:
    marks = _marks(now)
    return dynamo.update(
        repository.table(),
        repository.generation_key(at, generation),
        "SET " + ", ".join(f"#{name} = :{name}" for name in marks),
        condition="attribute_exists(pk)",
        **marks,
    )


def _marks(now: datetime) -> dict[str, str]:
    stamp = clock.iso(now)
    return {"superseded_at": stamp, DUE.partition_key: SUPERSEDED, DUE.sort_key: stamp}


def abandon(at: Place, generation: int, now: datetime) -> dynamo.Write:
    """Return the write that has the files swept of a generation that will never be ready."""
    item = repository.generation_key(at, generation) | {"slot": at.slot, "generation": generation}
    return dynamo.put(repository.table(), item | {"swept_at": clock.iso(now)} | _marks(now))


def take_down(item: dynamo.Item, now: datetime) -> bool:
    """Say that a superseded generation is about to be deleted; False when it is needed again.

    Args:
        item: the generation, as the index of due items has it.
        now: the time.
    """
    at = Place(item["pk"], item["slot"])
    write = dynamo.update(
        repository.table(),
        repository.generation_key(at, item["generation"]),
        "SET #swept_at = if_not_exists(#swept_at, :now)",
        condition="attribute_exists(#superseded_at)",
        now=clock.iso(now),
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return False
    return True


def swept(item: dynamo.Item) -> dynamo.Write:
    """Return the write that takes a generation out of the index: its files are gone."""
    at = Place(item["pk"], item["slot"])
    return dynamo.update(
        repository.table(),
        repository.generation_key(at, item["generation"]),
        f"REMOVE #{DUE.partition_key}, #{DUE.sort_key}",
        condition="attribute_exists(#swept_at)",
    )
