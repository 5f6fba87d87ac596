"""What a job has written is looked at before anybody plays it."""

from typing import Any

import pytest

from cliffhanger import aws
from tests.unit.pipeline import Transcoder, arrived, asset, complete, deliver, live, upload


@pytest.fixture
def asset_id(transcoder: Transcoder, episode: Any) -> str:
    made = upload(episode)
    deliver(arrived(made))
    return made


def key(episode: Any, name: str) -> str:
    return f"media/{episode['drama_id']}/1/1/{name}"


@pytest.mark.parametrize(
    "name",
    [
        "index.m3u8",
        "index_720p.m3u8",
        "index_360p.m3u8",
        "index_360p_1.cmfv",
        "index_720pinit.cmfv",
    ],
)
def test_a_file_that_is_missing_makes_no_ready_asset(
    transcoder: Transcoder, episode: Any, asset_id: str, name: str
) -> None:
    aws.s3().delete_object(Bucket="media", Key=key(episode, name))
    assert deliver(complete(transcoder.jobs[0])) == []
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", "outputs_incomplete")
    assert live(episode) == (0, None)


def test_an_empty_segment_is_no_segment(
    transcoder: Transcoder, episode: Any, asset_id: str
) -> None:
    aws.s3().put_object(Bucket="media", Key=key(episode, "index_720p_1.cmfv"), Body=b"")
    deliver(complete(transcoder.jobs[0]))
    assert asset(asset_id)["error"]["code"] == "outputs_incomplete"


@pytest.mark.parametrize(
    ("name", "was", "now"),
    [
        ("index_720p.m3u8", "#EXT-X-ENDLIST\n", ""),
        ("index.m3u8", "RESOLUTION=360x640", "RESOLUTION=300x600"),
    ],
)
def test_a_playlist_that_is_not_whole_makes_no_ready_asset(
    transcoder: Transcoder, episode: Any, asset_id: str, name: str, was: str, now: str
) -> None:
    where: Any = {"Bucket": "media", "Key": key(episode, name)}
    text = aws.s3().get_object(**where)["Body"].read().decode()
    assert was in text
    aws.s3().put_object(**where, Body=text.replace(was, now).encode())
    deliver(complete(transcoder.jobs[0]))
    assert asset(asset_id)["error"]["code"] == "outputs_incomplete"


def test_a_ready_asset_has_its_price_and_its_pictures(
    transcoder: Transcoder, episode: Any, asset_id: str
) -> None:
    deliver(complete(transcoder.jobs[0]))
    cost = asset(asset_id)["cost"]
    # 720x1280 at 15,000 and 360x640 at 7,500 micro-dollars a minute, for the ten seconds that
    # the shortest output is billed.
    assert cost["usd_micros"] == (15_000 + 7_500) // 6
    assert cost["output_seconds"] == 20
    listed = aws.s3().get_object(Bucket="media", Key=key(episode, "thumbnails.vtt"))
    assert listed["ContentType"] == "text/vtt"
    assert "00:00:00.000 --> 00:00:05.000\nthumbnail.0000000.jpg" in listed["Body"].read().decode()
