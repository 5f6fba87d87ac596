"""The manifest: read again when the drama's version has moved, and only then."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger.catalog import manifest, repository
from functions.catalog.handler import handler as public
from functions.studio.handler import handler
from tests.unit.gateway import call, studio
from tests.unit.pipeline import make_playable, new_drama, new_episode, publish


@pytest.fixture
def drama(stage: None) -> Any:
    """A published drama with one episode that plays."""
    made = new_drama()
    episode = new_episode(made)
    make_playable(episode)
    publish(episode)
    return publish(made) | {"episode": episode}


def prices(drama: Any) -> list[int]:
    route = "GET /v1/dramas/{drama_id}/episodes"
    items = call(public, route, path={"drama_id": drama["id"]}).body["items"]
    return [one["price"] for one in items]


def edit(drama: Any, **changes: Any) -> None:
    path = {"drama_id": drama["id"]}
    studio(handler, "PATCH /v1/studio/dramas/{drama_id}", changes, path=path)


def version(drama: Any) -> int:
    return repository.find_drama(drama["id"])[0].version


def test_a_warm_function_reads_the_drama_alone(drama: Any, table_calls: list[str]) -> None:
    prices(drama)
    assert table_calls == ["GetItem", "Query"]
    prices(drama)
    assert table_calls == ["GetItem", "Query", "GetItem"]


def test_a_change_is_seen_at_once(drama: Any, table_calls: list[str]) -> None:
    assert prices(drama) == [0]
    edit(drama, free_episodes=0, episode_price=80)
    table_calls.clear()
    assert prices(drama) == [80]
    assert table_calls == ["GetItem", "Query"]


def test_every_change_to_a_drama_or_its_episodes_moves_its_version(drama: Any) -> None:
    episode = drama["episode"]
    path = {"drama_id": drama["id"], "episode_id": episode["id"]}
    unpublish = "POST /v1/studio/dramas/{drama_id}/episodes/{episode_id}/unpublish"
    changes: list[Callable[[], object]] = [
        lambda: edit(drama, episode_price=2),
        lambda: new_episode(drama, 2),
        lambda: make_playable(episode, generation=2),
        lambda: studio(handler, unpublish, path=path),
        lambda: publish(episode),
        lambda: studio(handler, "POST /v1/studio/dramas/{drama_id}/unpublish", path=path),
        lambda: publish(drama),
    ]
    versions = [version(drama)]
    for change in changes:
        change()
        versions.append(version(drama))
    assert versions == sorted(set(versions)), "each is higher than the one before"


def test_what_was_unpublished_and_published_again_is_read_anew(drama: Any) -> None:
    prices(drama)
    path = {"drama_id": drama["id"]}
    studio(handler, "POST /v1/studio/dramas/{drama_id}/unpublish", path=path)
    route = "GET /v1/dramas/{drama_id}/episodes"
    assert call(public, route, path=path).body["code"] == "drama_not_found"
    edit(drama, free_episodes=0, episode_price=5)
    publish(drama)
    assert prices(drama) == [5]


def test_a_function_keeps_only_so_many_manifests(
    stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "_KEPT", 2)
    for _ in range(4):
        prices(publish(new_drama()))
    assert len(manifest._cache) == 2
