"""Episodes: numbered by the studio, fixed in their slots, and seen once they can be played."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog.handler import handler as public
from functions.studio.handler import handler
from tests.unit.gateway import Answer, call, studio
from tests.unit.pipeline import make_playable, new_drama, new_episode, publish

EPISODES = "POST /v1/studio/dramas/{drama_id}/episodes"
UNPUBLISH = EPISODES + "/{episode_id}/unpublish"


def listed(drama: Any, **query: str) -> Answer:
    route = "GET /v1/dramas/{drama_id}/episodes"
    return call(public, route, path={"drama_id": drama["id"]}, query=query)


def numbers(drama: Any) -> list[int]:
    return [one["number"] for one in listed(drama).body["items"]]


def season(*wanted: int, **changes: Any) -> Any:
    """A published drama with episodes that play, made in this order."""
    drama = new_drama(**changes)
    for number in wanted:
        episode = new_episode(drama, number)
        make_playable(episode)
        publish(episode)
    publish(drama)
    return drama


def test_a_number_is_given_once(stage: None) -> None:
    drama = new_drama()
    new_episode(drama, 7)
    body = {"number": 7, "title": {"en": "Another"}}
    answer = studio(handler, EPISODES, body, path={"drama_id": drama["id"]})
    assert (answer.status, answer.body["code"]) == (409, "episode_number_taken")


def test_slots_are_given_in_the_order_of_creation(stage: None) -> None:
    drama = new_drama()
    made = [new_episode(drama, number) for number in (3, 1, 2)]
    assert [one["slot"] for one in made] == [1, 2, 3]


def test_a_retry_finds_the_episode_and_takes_no_second_slot(stage: None) -> None:
    drama = new_drama()
    body, path = {"number": 1, "title": {"en": "A"}}, {"drama_id": drama["id"]}
    key = {"idempotency-key": "once"}
    first, again = [studio(handler, EPISODES, body, path=path, headers=key) for _ in range(2)]
    assert (again.status, again.body) == (201, first.body)
    assert new_episode(drama, 2)["slot"] == 2
    other = studio(handler, EPISODES, body | {"number": 3}, path=path, headers=key)
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("number", [0, -1, 2001, "1", 1.0, True])
def test_a_number_is_a_whole_number_from_one(stage: None, number: object) -> None:
    body = {"number": number, "title": {"en": "A"}}
    answer = studio(handler, EPISODES, body, path={"drama_id": new_drama()["id"]})
    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/number"]


def test_no_drama_takes_more_episodes_than_a_token_can_carry(
    stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cliffhanger.catalog.studio.MAX_SLOTS", 1)
    drama = new_drama()
    new_episode(drama, 1)
    body = {"number": 2, "title": {"en": "A"}}
    answer = studio(handler, EPISODES, body, path={"drama_id": drama["id"]})
    assert (answer.status, answer.body["code"]) == (409, "drama_full")


def test_viewers_see_what_is_both_published_and_ready(stage: None) -> None:
    drama = season(1)
    neither, ready, published = (new_episode(drama, number) for number in (2, 3, 4))
    make_playable(ready)
    publish(published)
    assert numbers(drama) == [1]
    publish(ready)
    make_playable(published)
    assert numbers(drama) == [1, 3, 4]
    studio(handler, UNPUBLISH, path={"drama_id": drama["id"], "episode_id": ready["id"]})
    assert numbers(drama) == [1, 4]
    assert neither["status"] == "draft"


def test_episodes_are_listed_by_number_with_their_price(stage: None) -> None:
    drama = season(3, 1, 2, free_episodes=2, episode_price=60)
    items = listed(drama).body["items"]
    assert [(one["number"], one["access"], one["price"]) for one in items] == [
        (1, "free", 0),
        (2, "free", 0),
        (3, "priced", 60),
    ]
    assert items[0]["duration_seconds"] == 90.5


def test_every_listed_episode_tells_its_path_and_nothing_else_of_its_files(stage: None) -> None:
    drama = season(2, 1, free_episodes=1, episode_price=60)
    items = listed(drama).body["items"]
    assert [one["path"] for one in items] == [
        f"{drama['id']}/2/1/index.m3u8",
        f"{drama['id']}/1/1/index.m3u8",
    ]
    known = {"id", "drama_id", "number", "title", "duration_seconds", "access", "price", "path"}
    assert {*items[0], *items[1]} == known


def test_a_new_generation_moves_the_path_of_an_episode(stage: None, episode: Any) -> None:
    make_playable(episode)
    publish(episode)
    drama = {"id": episode["drama_id"]}
    publish(drama)
    make_playable(episode, generation=2)
    (found,) = listed(drama).body["items"]
    assert found["path"] == f"{drama['id']}/1/2/index.m3u8"


def test_a_drama_without_a_price_is_free_to_its_end(stage: None) -> None:
    drama = season(1, 2, free_episodes=0, episode_price=0)
    assert {one["access"] for one in listed(drama).body["items"]} == {"free"}


def test_episodes_come_in_pages_without_gaps(stage: None) -> None:
    drama = season(1, 2, 3, 5, 8)
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = listed(drama, limit="2", **cursor).body
        seen += [one["number"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [1, 2, 3, 5, 8]


@pytest.mark.parametrize("place", ["1", None, True, 1.5, [1], {"number": 1}])
def test_a_cursor_of_another_list_is_refused(stage: None, place: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    answer = listed(season(1), cursor=cursor)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/cursor")


def test_an_episode_of_another_drama_is_not_found(stage: None) -> None:
    episode = new_episode()
    path = {"drama_id": new_drama()["id"], "episode_id": episode["id"]}
    answer = studio(handler, UNPUBLISH, path=path)
    assert (answer.status, answer.body["code"]) == (404, "episode_not_found")


def test_publishing_an_episode_is_told_on_the_bus(
    episode: Any, bus: Callable[[], list[tuple[str, Any]]]
) -> None:
    assert publish(episode)["status"] == "published"
    ((name, detail),) = bus()
    assert (name, detail["version"]) == ("episode.published", 1)
    assert (detail["episode_id"], detail["number"]) == (episode["id"], 1)
