"""From a file on a studio's disk to a picture on a phone."""

from pathlib import Path

import pytest

from tests.client import Client, fetch
from tests.cloud.clips import decode, real_clip, vertical_clip
from tests.cloud.conftest import Studio


@pytest.fixture(params=["real", "vertical"])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return real_clip() if request.param == "real" else vertical_clip(tmp_path / "clip.mp4")


def test_an_uploaded_clip_plays_through_the_edge(
    studio: Studio, viewer: Client, anyone: Client, clip: Path
) -> None:
    drama = studio.drama()
    episode = studio.episode(drama["id"])
    asset = studio.settled(studio.upload(episode["id"], clip)["id"])
    assert (asset["status"], asset["progress"], asset["generation"]) == ("ready", 100, 1)
    assert [one["name"] for one in asset["renditions"]] == ["720p", "540p", "360p"]

    assert anyone.get(f"/dramas/{drama['id']}").status == 404, "nothing is public by itself"
    studio.publish(drama["id"], episode["id"])
    listed = anyone.get(f"/dramas/{drama['id']}/episodes").body["items"]
    assert [(one["id"], one["access"]) for one in listed] == [(episode["id"], "free")]

    playback = viewer.post(f"/episodes/{episode['id']}/playback", {"unlock": "none"})
    assert playback.status == 200, playback.content
    assert decode(playback.body["url"]) == ""
    segment = fetch(playback.body["url"].replace("index.m3u8", "index_360pinit.cmfv"))
    assert segment.status == 200
    ranged = fetch(
        playback.body["url"].replace("index.m3u8", "index_360pinit.cmfv"),
        headers={"range": "bytes=0-99"},
    )
    assert (ranged.status, ranged.content) == (206, segment.content[:100])


def test_a_newer_upload_takes_over_and_the_old_one_stays_for_those_who_watch_it(
    studio: Studio, viewer: Client, tmp_path: Path
) -> None:
    drama = studio.drama()
    episode = studio.episode(drama["id"])
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=2, size="360x640")
    studio.settled(studio.upload(episode["id"], clip)["id"])
    studio.publish(drama["id"], episode["id"])
    before = viewer.post(f"/episodes/{episode['id']}/playback", {}).body

    second = studio.settled(studio.upload(episode["id"], clip)["id"])
    assert (second["status"], second["generation"]) == ("ready", 2)
    after = viewer.post(f"/episodes/{episode['id']}/playback", {}).body
    assert after["url"].endswith("/1/2/index.m3u8")
    assert fetch(before["url"]).status == 200

    assert studio.client.post(f"/studio/episodes/{episode['id']}/rollback").status == 200
    back = viewer.post(f"/episodes/{episode['id']}/playback", {}).body
    assert back["url"].endswith("/1/1/index.m3u8")


def test_a_file_that_is_no_video_is_turned_away_with_a_reason(
    studio: Studio, tmp_path: Path
) -> None:
    episode = studio.episode(studio.drama()["id"])
    file = tmp_path / "episode.mp4"
    file.write_bytes(b"This is not a video. " * 1000)
    asset = studio.settled(studio.upload(episode["id"], file)["id"])
    assert (asset["status"], asset["error"]["code"]) == ("rejected", "not_media")
    assert "Export the episode" in asset["error"]["detail"]


def test_what_is_unpublished_is_gone_for_viewers(studio: Studio, viewer: Client) -> None:
    shelf = viewer.get("/dramas").body["items"]
    demo = next(one for one in shelf if one["title"] == "The Heiress Next Door")
    episode = viewer.get(f"/dramas/{demo['id']}/episodes").body["items"][4]
    path = f"/studio/dramas/{demo['id']}/episodes/{episode['id']}"
    try:
        assert studio.client.post(f"{path}/unpublish").status == 200
        hidden = viewer.post(f"/episodes/{episode['id']}/playback", {})
        assert (hidden.status, hidden.body["code"]) == (404, "episode_not_found")
    finally:
        assert studio.client.post(f"{path}/publish").status == 200
    assert viewer.post(f"/episodes/{episode['id']}/playback", {}).status == 200


def test_a_locked_episode_tells_its_price(viewer: Client) -> None:
    shelf = viewer.get("/dramas").body["items"]
    demo = next(one for one in shelf if one["title"] == "The Heiress Next Door")
    locked = viewer.get(f"/dramas/{demo['id']}/episodes").body["items"][5]
    assert (locked["access"], locked["price"]) == ("priced", 60)
    refused = viewer.post(f"/episodes/{locked['id']}/playback", {"unlock": "none"})
    assert (refused.status, refused.body["code"]) == (402, "episode_locked")
    assert (refused.body["price"], refused.body["balance"]) == (60, 0)
