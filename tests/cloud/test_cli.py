"""The content team's command against the local cloud."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from local.aws import sign_in
from local.layout import ROOT
from tests.client import Client
from tests.cloud.clips import decode, vertical_clip

Types = Callable[..., Result]


@pytest.fixture
def types(
    cloud: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Types]:
    """What a signed-in member of the studio types. Their drama is off the shelf afterwards."""
    token = sign_in(cloud, group="studio").access_token
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("CLIFFHANGER_TOKEN", "CLIFFHANGER_API", "CLIFFHANGER_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, reads: str = "") -> Result:
        return CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(one) for one in words], reads)

    login = run("login", "--api", cloud["api_url"], "--token", "-", reads=f"{token}\n")
    assert login.exit_code == 0, login.output
    yield run
    for state in tmp_path.glob("*/.cliffhanger.json"):
        drama_id = json.loads(state.read_text())["drama"]["id"]
        Client(cloud["api_url"], token).post(f"/studio/dramas/{drama_id}/unpublish")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "heiress"
    made.mkdir()
    for number in (1, 10):
        vertical_clip(made / f"ep{number}.mp4", seconds=2, size="360x640")
    (made / "ep2.mp4").write_bytes(b"This is not a video. " * 1000)
    return made


def test_one_word_signs_in_at_the_local_cloud(types: Types, cloud: dict[str, Any]) -> None:
    state = os.environ.get("CLIFFHANGER_STATE", str(ROOT / ".local-test"))
    login = types("login", "--local", "--local-state", state)
    assert login.exit_code == 0, login.output
    status = types("status", "--drama", "drm_01JD0000000000000000000000")
    assert "not signed in" not in status.output
    assert cloud["api_url"] in login.output


def test_a_folder_becomes_a_drama_that_plays(
    types: Types, anyone: Client, viewer: Client, folder: Path
) -> None:
    run = types("publish", folder, "--title", "The Heiress", "--language", "en")
    assert run.exit_code == 1, run.output
    assert "Episode 2, ep2.mp4: rejected (not_media)" in run.stdout
    drama_id = json.loads((folder / ".cliffhanger.json").read_text())["drama"]["id"]
    assert numbers(anyone, drama_id) == [1, 10]

    vertical_clip(folder / "ep2.mp4", seconds=2, size="360x640")
    run = types("publish", folder)
    assert run.exit_code == 0, run.output
    assert numbers(anyone, drama_id) == [1, 2, 10]
    (second,) = [one for one in episodes(anyone, drama_id) if one["number"] == 2]
    playback = viewer.post(f"/episodes/{second['id']}/playback", {"unlock": "none"})
    assert decode(playback.body["url"]) == ""

    shown = types("status", folder)
    assert shown.exit_code == 0
    assert second["id"] in shown.stdout
    assert second["id"] in types("status", "--drama", drama_id).stdout


def test_a_new_version_can_be_rolled_back_by_its_number(
    types: Types, viewer: Client, folder: Path
) -> None:
    (folder / "ep2.mp4").unlink()
    (folder / "ep10.mp4").unlink()
    assert types("publish", folder, "--title", "x", "--language", "en").exit_code == 0
    refused = types("rollback", 1, "--folder", folder)
    assert refused.exit_code == 2
    assert "There is no generation before" in refused.stderr

    vertical_clip(folder / "ep1.mp4", seconds=1, size="360x640")
    assert types("publish", folder).exit_code == 0
    back = types("rollback", 1, "--folder", folder)
    assert back.exit_code == 0, back.output
    assert "Episode 1 plays generation 1 again" in back.stdout
    assert types("publish", folder).exit_code == 0, "nothing new: it stays rolled back"
    episode = json.loads((folder / ".cliffhanger.json").read_text())["episodes"]["1"]["id"]
    assert viewer.post(f"/episodes/{episode}/playback", {}).body["url"].endswith("/1/index.m3u8")


def test_a_viewer_cannot_sign_in_to_publish(cloud: dict[str, Any], types: Types) -> None:
    token = sign_in(cloud).access_token
    run = types("login", "--api", cloud["api_url"], "--token", "-", reads=f"{token}\n")
    assert run.exit_code == 2
    assert "not one of the studio" in run.stderr
    assert token not in run.output


def episodes(anyone: Client, drama_id: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = anyone.get(f"/dramas/{drama_id}/episodes").body["items"]
    return listed


def numbers(anyone: Client, drama_id: str) -> list[int]:
    return [one["number"] for one in episodes(anyone, drama_id)]
