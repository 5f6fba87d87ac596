"""What the storage itself enforces on an upload, as a studio sees it."""

from pathlib import Path
from typing import Any

import pytest

from tests.client import Answer, fetch, put_parts
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return vertical_clip(tmp_path / "clip.mp4", seconds=1, size="360x640")


def start(studio: Studio, clip: Path, size: int) -> dict[str, Any]:
    body = {
        "episode_id": studio.episode(studio.drama()["id"])["id"],
        "filename": clip.name,
        "size": size,
        "content_type": "video/mp4",
    }
    started: dict[str, Any] = studio.client.post("/studio/uploads", body).body
    return started


def complete(studio: Studio, started: dict[str, Any], parts: list[dict[str, Any]]) -> Answer:
    return studio.client.post(f"/studio/uploads/{started['id']}/complete", {"parts": parts})


@pytest.mark.parametrize("more", [-1, 1, 1000])
def test_a_file_of_another_size_than_declared_is_rejected_and_costs_no_job(
    studio: Studio, clip: Path, more: int
) -> None:
    started = start(studio, clip, clip.stat().st_size + more)
    parts = put_parts(started, clip)
    answer = complete(studio, started, parts)
    assert (answer.status, answer.body["code"]) == (409, "size_mismatch")
    asset = studio.client.get(f"/studio/assets/{started['asset_id']}").body
    assert (asset["status"], asset["error"]["code"]) == ("rejected", "size_mismatch")


def test_a_part_that_did_not_arrive_can_be_sent_again(studio: Studio, clip: Path) -> None:
    started = start(studio, clip, clip.stat().st_size)
    wrong = [{"number": 1, "etag": "0" * 32}]
    answer = complete(studio, started, wrong)
    assert (answer.status, answer.body["code"]) == (409, "parts_mismatch")
    assert complete(studio, started, put_parts(started, clip)).status == 200
    assert studio.settled(started["asset_id"])["status"] == "ready"


def test_an_empty_file_is_refused_before_anything_is_sent(studio: Studio, clip: Path) -> None:
    body = {
        "episode_id": studio.episode(studio.drama()["id"])["id"],
        "filename": "empty.mp4",
        "size": 0,
        "content_type": "video/mp4",
    }
    answer = studio.client.post("/studio/uploads", body)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/size")


def test_a_page_of_the_stage_sends_a_part_from_the_browser_and_reads_its_etag(
    cloud: dict[str, Any], studio: Studio, clip: Path
) -> None:
    part = start(studio, clip, clip.stat().st_size)["parts"][0]["url"]
    own, other = {"origin": cloud["base_url"]}, {"origin": "https://page.example"}
    sends = {"access-control-request-method": "PUT"}
    assert fetch(part, method="OPTIONS", headers=own | sends).status == 200
    assert fetch(part, method="OPTIONS", headers=other | sends).status == 403
    told = fetch(part, method="PUT", data=clip.read_bytes(), headers=own).headers
    assert told["access-control-allow-origin"] == cloud["base_url"]
    assert told["access-control-expose-headers"] == "ETag"
    assert told["etag"]
