"""A drama and its viewers, of any size, written straight into moto: its API would take minutes."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from cliffhanger import clock, dynamo, ids
from cliffhanger.catalog import repository
from cliffhanger.catalog.models import Episode
from cliffhanger.dynamo import Item
from cliffhanger.identity import viewers
from cliffhanger.identity.viewers import ViewerPatch
from cliffhanger.wallet import entries, ledger
from tests.unit.entitlements.owning import own, stored
from tests.unit.gateway import VIEWER
from tests.unit.pipeline import new_drama, publish
from tests.unit.wallet.wallet_steps import buy, spend

FREE = 5
_ACCOUNT = "123456789012"  # that of moto
_SLOTS_OF_A_DRAMA = 100


@dataclass(frozen=True)
class World:
    """A published drama of many episodes, and a viewer with a past."""

    drama_id: str
    episodes: list[Episode]


def made(
    *, episodes: int, unlocks: int = 0, crowd: int = 0, owned: int = 0, packs: int = 0
) -> World:
    """Make a drama, a viewer who has unlocked episodes before, and a crowd of other viewers.

    `unlocks` are of other dramas and of half of this one; `owned` are the first of this one. So
    many `packs` with a bonus are unspent, beside the one that is being spent.
    """
    drama = new_drama(free_episodes=FREE, episode_price=60)
    season = list(_season(drama["id"], episodes))
    _write("content", map(repository.episode_item, season))
    _write("content", map(repository.place_item, season))
    publish(drama)
    viewers.change(VIEWER, ViewerPatch(), "US")
    buy(50_000, 5_000)
    spend(1)
    for _ in range(packs):
        buy(100, 10)
    _write("commerce", _past(unlocks))
    if unlocks:
        own(drama["id"], range(FREE + 1, min(episodes // 2, FREE + unlocks) + 1))
    if owned:
        own(drama["id"], range(1, owned + 1))
    _write("commerce", _crowd(crowd))
    return World(drama["id"], season)


def _season(drama_id: str, count: int) -> Iterable[Episode]:
    now = clock.now()
    shared: dict[str, Any] = {
        "drama_id": drama_id,
        "title": {"en": "The heiress comes home", "es": "La heredera vuelve a casa"},
        "status": "published",
        "generation": 2,
        "asset_id": ids.new("ast"),
        "duration_ms": 90_000,
        "master": "index.m3u8",
        "poster": "poster.0000001.jpg",
        "pinned": False,
        "created_at": now,
        "updated_at": now,
    }
    for number in range(1, count + 1):
        yield Episode.model_validate(
            shared | {"id": ids.new("ep"), "number": number, "slot": number}
        )


def _past(unlocks: int) -> Iterable[Item]:
    """The ledger entries of unlocks, and what they opened, in dramas of a hundred episodes."""
    if not unlocks:
        return
    entry = next(iter(ledger.newest(VIEWER, "production", limit=1)[0]))
    item = entries.item(VIEWER, "production", entry)
    for _ in range(unlocks):
        yield item | {"sk": entries.sort_key(ids.new("led"), "production")}
    example = ids.new("drm")
    own(example, range(_SLOTS_OF_A_DRAMA))
    kept = dynamo.get("commerce", dynamo.key(VIEWER, f"UNLOCK#{example}"))
    assert kept
    assert stored(example).slots
    for _ in range(unlocks // _SLOTS_OF_A_DRAMA):
        yield kept | {"sk": f"UNLOCK#{ids.new('drm')}"}


def _crowd(count: int) -> Iterable[Item]:
    """Other viewers, each with a wallet."""
    for sk in ("VIEWER", "WALLET"):
        item = dynamo.get("commerce", dynamo.key(VIEWER, sk))
        assert item, sk
        for _ in range(count):
            yield item | {"pk": ids.new("vwr")}


def _write(table: str, items: Iterable[Item]) -> None:
    held = dynamodb_backends[_ACCOUNT]["us-east-1"].tables[table]
    for item in items:
        encoded = {name: _wire(dynamo.encode(value)) for name, value in item.items()}
        held.put_item(encoded)


def _wire(value: Any) -> Any:
    """Bytes travel as base64."""
    if "B" in value:
        return {"B": base64.b64encode(value["B"]).decode()}
    return value
