"""What counts as a play, where a viewer stopped, and the history made of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from cliffhanger import clock, ids
from tests.client import Client
from tests.cloud.conftest import Studio

WORKERS = 8


@pytest.fixture
def episodes(studio: Studio) -> list[str]:
    """Two episodes of a drama; nobody needs to see them to have seen them."""
    drama = studio.drama()
    return [studio.episode(drama["id"], number)["id"] for number in (1, 2)]


def item(session: str, episode: str, seconds: float, *, ago: float = 0, **more: Any) -> Any:
    return {
        "session_id": session,
        "episode_id": episode,
        "position_seconds": seconds,
        "watched_seconds": seconds,
        "at": clock.iso(clock.now() - timedelta(seconds=ago)),
    } | more


def history(viewer: Client) -> list[tuple[str, float]]:
    rows = viewer.get("/history").body["items"]
    return [(row["episode_id"], row["position_seconds"]) for row in rows]


def test_the_same_batch_from_eight_workers_is_one_play(viewer: Client, episodes: list[str]) -> None:
    batch = {"items": [item(ids.new("ses"), episodes[0], 12.5)]}
    with ThreadPoolExecutor(WORKERS) as pool:
        calls = [pool.submit(viewer.post, "/progress", batch) for _ in range(WORKERS)]
    answers = [call.result() for call in calls]
    assert {one.status for one in answers} == {200}, [one.content for one in answers]
    assert sum(one.body["plays"] for one in answers) == 1
    assert history(viewer) == [(episodes[0], 12.5)]


def test_devices_that_report_at_once_lose_nothing(viewer: Client, episodes: list[str]) -> None:
    batches = [
        {"items": [item(ids.new("ses"), episodes[number % 2], 5.0 + number, ago=10 - number)]}
        for number in range(WORKERS)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(lambda batch: viewer.post("/progress", batch), batches))
    assert [one.body["plays"] for one in answers] == [1] * WORKERS
    assert history(viewer) == [(episodes[1], 5.0 + WORKERS - 1)]


def test_a_swipe_past_an_episode_is_no_play_and_a_growing_watch_is_one(
    viewer: Client, episodes: list[str]
) -> None:
    session = ids.new("ses")
    plays = [
        viewer.post("/progress", {"items": [item(session, episodes[0], seconds)]}).body["plays"]
        for seconds in (1.0, 2.9, 3.0, 30.0, 4.0)
    ]
    assert plays == [0, 0, 1, 0, 0]
    again = viewer.post("/progress", {"items": [item(ids.new("ses"), episodes[0], 30.0)]})
    assert again.body["plays"] == 1, "another sitting is another play"


def test_a_late_report_does_not_move_the_position_back(viewer: Client, episodes: list[str]) -> None:
    session = ids.new("ses")
    viewer.post("/progress", {"items": [item(session, episodes[0], 40.0)]})
    viewer.post("/progress", {"items": [item(session, episodes[0], 20.0, ago=60)]})
    viewer.post("/progress", {"items": [item(session, episodes[1], 9.0, ago=30)]})
    assert history(viewer) == [(episodes[0], 40.0)]


def test_history_is_one_row_for_each_drama_the_latest_first(viewer: Client, studio: Studio) -> None:
    found = [studio.episode(studio.drama()["id"])["id"] for _ in range(3)]
    for place, episode in enumerate(found):
        report = item(ids.new("ses"), episode, 10.0 + place, ago=100 - place)
        assert viewer.post("/progress", {"items": [report]}).status == 200
    assert [episode for episode, _ in history(viewer)] == found[::-1]
    first = viewer.get("/history?limit=2").body
    rest = viewer.get(f"/history?limit=2&cursor={first['next_cursor']}").body
    pages = [row["episode_id"] for page in (first, rest) for row in page["items"]]
    assert (pages, rest["next_cursor"]) == (found[::-1], None)


def test_nobody_sees_anothers_history(
    viewer: Client, episodes: list[str], anyone: Client, cloud: dict[str, Any]
) -> None:
    viewer.post("/progress", {"items": [item(ids.new("ses"), episodes[0], 5.0)]})
    other = Client(cloud["api_url"], anyone.post("/guests").body["access_token"])
    assert history(other) == []


def test_a_batch_with_a_bad_item_is_refused_as_a_whole_and_says_which(
    viewer: Client, episodes: list[str]
) -> None:
    session = ids.new("ses")
    unknown = "ep_01JD0000000000000000000000"
    batch = [
        item(session, episodes[0], 10.0),
        item(session, unknown, 10.0),
        item(session, episodes[0], 10.0, ago=-3600),
        item(session, episodes[0], 10.0, ago=40 * 86_400),
        item("ses_01JD0000000000000000000000", episodes[0], 10.0),
    ]
    refused = viewer.post("/progress", {"items": batch})
    assert refused.status == 422
    assert [(one["pointer"], one["code"]) for one in refused.body["errors"]] == [
        ("/items/1/episode_id", "unknown_episode"),
        ("/items/2/at", "at_in_the_future"),
        ("/items/3/at", "at_too_old"),
        ("/items/4/session_id", "unknown_session"),
    ]
    assert history(viewer) == [], "nothing of it was taken"
    assert viewer.post("/progress", {"items": batch[:1]}).body == {"accepted": 1, "plays": 1}


def test_a_session_stays_with_its_drama(
    viewer: Client, studio: Studio, episodes: list[str]
) -> None:
    session = ids.new("ses")
    other = studio.episode(studio.drama()["id"])["id"]
    viewer.post("/progress", {"items": [item(session, episodes[0], 5.0)]})
    refused = viewer.post("/progress", {"items": [item(session, other, 5.0)]})
    assert [one["code"] for one in refused.body["errors"]] == ["session_of_another_drama"]


@pytest.mark.parametrize(
    "change",
    [
        {"position_seconds": -1.0},
        {"watched_seconds": 100_000.0},
        {"position_seconds": "10"},
        {"position_seconds": float("nan")},
        {"at": "2026-01-01T00:00:00"},
        {"at": "yesterday"},
        {"viewer_id": "vwr_01JD0000000000000000000000"},
    ],
)
def test_what_is_no_report_is_refused(
    viewer: Client, episodes: list[str], change: dict[str, Any]
) -> None:
    refused = viewer.post(
        "/progress", {"items": [item(ids.new("ses"), episodes[0], 1.0, **change)]}
    )
    assert (refused.status, refused.body["code"]) == (422, "invalid_payload")
    assert refused.body["errors"][0]["pointer"].startswith("/items/0/")


@pytest.mark.parametrize("count", [0, 26])
def test_a_batch_has_one_to_twenty_five_items(
    viewer: Client, episodes: list[str], count: int
) -> None:
    items = [item(ids.new("ses"), episodes[0], 1.0)] * count
    assert viewer.post("/progress", {"items": items}).status == 422
