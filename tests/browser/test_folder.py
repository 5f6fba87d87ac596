"""A content team publishes a folder with one command, and what is good in it plays in a browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from typer.testing import CliRunner

from cli.main import app
from local.aws import sign_in
from tests.browser.test_uploaded_clips import LOOK, START, SWITCH
from tests.client import Client
from tests.cloud.clips import video_streams
from tests.cloud.conftest import anyone, viewer
from tests.cloud.folder import BAD, GOOD, fill

__all__ = ["anyone", "viewer"]  # fixtures

CAPTIONS = """() => window.clip.hls.subtitleTracks.map((track) => track.name)"""
WORDS = "1\n00:00:00,100 --> 00:00:01,500\nBom dia\n"


@pytest.fixture(scope="module")
def published(
    cloud: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """What the command said, and the drama that came of it."""
    place = tmp_path_factory.mktemp("team")
    token = sign_in(cloud, group="studio").access_token
    env = {
        "COLUMNS": "200",
        "XDG_CONFIG_HOME": str(place / "config"),
        "CLIFFHANGER_API": cloud["api_url"],
        "CLIFFHANGER_TOKEN": token,
    }
    folder = fill(place / "drama")
    words = ["publish", str(folder), "--title", "Every kind", "--language", "en", "--free", "20"]
    run = CliRunner(env=env).invoke(app, words)
    assert run.exit_code == 1, run.output  # some were no good
    captions = place / "bom-dia.srt"
    captions.write_text(WORDS)
    words = ["captions", "add", "1", str(captions), "--language", "pt-BR"]
    added = CliRunner(env=env).invoke(app, [*words, "--folder", str(folder)])
    assert added.exit_code == 0, added.output
    state = json.loads((folder / ".cliffhanger.json").read_text())
    drama_id = state["drama"]["id"]
    yield run.output, drama_id
    Client(cloud["api_url"], token).post(f"/studio/dramas/{drama_id}/unpublish")


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, code) in BAD.items()])
def test_a_file_that_is_no_good_is_explained(
    published: tuple[str, str], name: str, code: str
) -> None:
    said, _ = published
    assert f"{name}: rejected ({code})" in said
    sentence = said.split(f"{name}: rejected ({code})")[1].strip().splitlines()[0]
    assert len(sentence.split()) > 5, "in a sentence"


def test_viewers_see_the_good_ones_alone(published: tuple[str, str], anyone: Client) -> None:
    _, drama_id = published
    listed = anyone.get(f"/dramas/{drama_id}/episodes").body["items"]
    assert [one["number"] for one in listed] == list(range(1, len(GOOD) + 1))


@pytest.mark.parametrize("name", ["04.mp4", "05.mp4"], ids=["HEVC", "ten bits"])
def test_what_viewers_get_is_what_every_phone_decodes(
    anyone: Client, viewer: Client, published: tuple[str, str], name: str
) -> None:
    _, drama_id = published
    listed = anyone.get(f"/dramas/{drama_id}/episodes").body["items"]
    episode_id = listed[list(GOOD).index(name)]["id"]
    url = viewer.post(f"/episodes/{episode_id}/playback", {}).body["url"]
    pictures = video_streams(url)
    assert pictures
    for one in pictures:
        assert (one["codec_name"], one["pix_fmt"], one["profile"]) == ("h264", "yuv420p", "High")
        assert one["level"] <= 42


@pytest.mark.parametrize(
    ("number", "size"), [(place, size) for place, (_, size) in enumerate(GOOD.values(), start=1)]
)
def test_a_good_one_plays_in_its_right_size(
    page: Page,
    cloud: dict[str, Any],
    anyone: Client,
    viewer: Client,
    published: tuple[str, str],
    number: int,
    size: tuple[int, int],
) -> None:
    _, drama_id = published
    listed = anyone.get(f"/dramas/{drama_id}/episodes").body["items"]
    episode_id = listed[number - 1]["id"]
    url = viewer.post(f"/episodes/{episode_id}/playback", {}).body["url"]
    page.goto(cloud["demo_url"])
    levels = page.evaluate(START, url)
    assert max(levels) == list(size)
    before, after = page.evaluate(LOOK), page.evaluate(LOOK)
    assert after["frames"] > before["frames"] > 0, "frames advance"
    assert page.evaluate(SWITCH, levels.index(list(size))) == list(size)
    assert page.evaluate(CAPTIONS) == (["Português (Brasil)"] if number == 1 else [])
