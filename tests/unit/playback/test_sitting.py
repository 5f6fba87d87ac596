"""A sitting: one call, one token, and every open episode of the drama."""

import base64
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pytest

from cliffhanger import clock
from functions.catalog.handler import handler as catalog
from functions.viewing.handler import handler
from tests.unit.gateway import VIEWER, call, viewer
from tests.unit.playback.viewing import play, season

SUBJECT, EXPIRES, NOT_BEFORE, SESSION, SLOTS = 2, 4, 5, 7, -65537


def claims(base_url: str) -> Any:
    token = base_url.removesuffix("/").rpartition("/")[2].partition(".")[2]
    message = cbor2.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return cbor2.loads(message.value.value[2])


def slots(bitmap: str) -> set[int]:
    held = base64.urlsafe_b64decode(bitmap + "=" * (-len(bitmap) % 4))
    return {place for place in range(len(held) * 8) if held[place >> 3] >> (place & 7) & 1}


def test_one_call_opens_every_free_episode(key: str) -> None:
    episodes = season(14, free_episodes=13, episode_price=60)
    sitting = play(episodes[1]).body
    assert (sitting["open"], sitting["charged"]) == ("1-13", 0)
    assert [one["number"] for one in sitting["episodes"]] == list(range(2, 13))
    drama_id, slot = episodes[1]["drama_id"], episodes[1]["slot"]
    assert sitting["base_url"].startswith(f"https://media.example/media/{key}.")
    assert sitting["episodes"][0]["path"] == f"{drama_id}/{slot}/1/index.m3u8"
    assert sitting["url"] == sitting["base_url"] + sitting["episodes"][0]["path"]


def test_the_paths_of_the_public_list_lead_on_from_the_answers_base(key: str) -> None:
    episodes = season(14, free_episodes=14, episode_price=60)
    sitting = play(episodes[0]).body
    path = {"drama_id": episodes[0]["drama_id"]}
    listed = call(catalog, "GET /v1/dramas/{drama_id}/episodes", path=path).body["items"]
    assert [one["path"] for one in listed[:11]] == [one["path"] for one in sitting["episodes"]]
    assert play(episodes[13]).body["url"].endswith("/" + listed[13]["path"])


def test_the_token_says_who_may_watch_what_and_for_how_long(key: str) -> None:
    episodes = season(3, free_episodes=2, episode_price=60)
    sitting = play(episodes[0]).body
    told = claims(sitting["base_url"])
    assert told[SUBJECT] == VIEWER
    assert told[SESSION].decode() == sitting["session_id"]
    assert slots(told[SLOTS]) == {one["slot"] for one in episodes[:2]}
    expires = datetime.fromisoformat(sitting["expires_at"])
    assert told[EXPIRES] == expires.timestamp()
    assert timedelta(0) <= clock.now() + timedelta(hours=1) - expires < timedelta(seconds=10)
    assert told[NOT_BEFORE] < told[EXPIRES] - 3600, "the clock of an edge may be behind"


def test_every_call_is_a_session_of_its_own(key: str) -> None:
    (episode,) = season(1)
    assert play(episode).body["session_id"] != play(episode).body["session_id"]


@pytest.mark.parametrize(
    ("number", "following"), [(1, ("free", 0)), (2, ("locked", 60)), (3, None)]
)
def test_the_app_is_told_what_comes_next(
    key: str, number: int, following: tuple[str, int] | None
) -> None:
    free = 3 if following is None else 2
    episodes = season(3, free_episodes=free, episode_price=60)
    found = play(episodes[number - 1]).body["next"]
    if following is None:
        assert found is None
    else:
        assert found["episode_id"] == episodes[number]["id"]
        assert (found["access"], found["price"]) == following


def test_a_warm_sitting_costs_one_round_trip(key: str, table_calls: list[str]) -> None:
    (episode,) = season(1)
    play(episode)
    table_calls.clear()
    play(episode)
    assert len(table_calls) == 1


def test_the_access_list_names_what_may_be_watched(stage: None) -> None:
    episodes = season(3, free_episodes=2, episode_price=60)
    route = "GET /v1/dramas/{drama_id}/access"
    path = {"drama_id": episodes[0]["drama_id"]}
    page = viewer(handler, route, path=path, query={"limit": "2"})
    assert page.headers["cache-control"] == "no-store"
    query = {"cursor": page.body["next_cursor"]}
    rest = viewer(handler, route, path=path, query=query).body
    assert [(one["number"], one["access"]) for one in page.body["items"] + rest["items"]] == [
        (1, "free"),
        (2, "free"),
        (3, "locked"),
    ]
    assert rest["next_cursor"] is None
