"""Ten free episodes in a row: one token opens them all, so the player asks the API once."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from local.aws import sign_in
from tests.browser.test_player import playing, posts, ready, swipe_up
from tests.client import Client
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio

EPISODES = 10


@pytest.fixture(scope="module")
def long_drama(
    cloud: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """A published drama of ten free episodes, all of the same short clip."""
    studio = Studio(Client(cloud["api_url"], sign_in(cloud, group="studio").access_token))
    clip = vertical_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=2, size="360x640")
    drama = studio.drama(title={"en": "Ten in a row"}, free_episodes=EPISODES)
    episodes = [studio.episode(drama["id"], number)["id"] for number in range(1, EPISODES + 1)]
    assets = [studio.upload(episode, clip)["id"] for episode in episodes]
    assert {studio.settled(asset)["status"] for asset in assets} == {"ready"}
    studio.publish(drama["id"], *episodes)
    yield drama
    studio.client.post(f"/studio/dramas/{drama['id']}/unpublish")


def test_swiping_through_ten_free_episodes_makes_one_playback_call(
    page: Page, cloud: dict[str, Any], long_drama: dict[str, Any]
) -> None:
    shown = Client(cloud["api_url"]).get(f"/dramas/{long_drama['id']}").body

    def only_this(route: Route) -> None:
        route.fulfill(json={"items": [shown], "next_cursor": None})

    page.route("**/v1/dramas", only_this)
    calls = posts(page, "/playback")
    page.goto(cloud["demo_url"])
    ready(page)
    for number in range(1, EPISODES + 1):
        expect(page.get_by_test_id("player")).to_contain_text(f"EP {number}")
        playing(page)
        if number < EPISODES:
            swipe_up(page)
    assert len(calls) == 1
