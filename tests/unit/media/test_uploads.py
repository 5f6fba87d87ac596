"""Uploads: opened, resumed after a lost connection, completed, given up."""

from typing import Any

import pytest

from cliffhanger.media.multipart import part_size
from cliffhanger.settings import _loaded
from tests.unit.media.sending import act, asset_of, open_in_s3, send, start

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": -1},
        {"size": 1.5},
        {"size": "10"},
        {"filename": " "},
        {"filename": "x" * 256},
        {"content_type": "video"},
        {"episode_id": "ep_1"},
    ],
    ids=str,
)
def test_what_cannot_be_a_file_is_refused(episode: Any, changes: dict[str, Any]) -> None:
    answer = start(episode, **changes)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")
    assert [one["pointer"] for one in answer.body["errors"]] == [f"/{name}" for name in changes]


def test_a_file_that_is_too_large_is_told_the_limit(episode: Any) -> None:
    answer = start(episode, size=1_000_001)
    assert (answer.status, answer.body["code"]) == (413, "upload_too_large")
    assert answer.body["max_bytes"] == 1_000_000


def test_an_upload_needs_an_episode(stage: None) -> None:
    answer = start({"id": "ep_01JD0000000000000000000000"})
    assert (answer.status, answer.body["code"]) == (404, "episode_not_found")


@pytest.mark.parametrize("filename", ["../../media/x.m3u8", "sources/ast_1", "ä?#.mp4", "a\0b"])
def test_no_filename_leads_anywhere(episode: Any, filename: str) -> None:
    upload = start(episode, filename=filename).body
    (part,) = upload["parts"]
    assert f"/sources/{upload['asset_id']}?" in part["url"]
    assert "X-Amz-Signature=" in part["url"]
    assert act("GET", upload).body["filename"] == filename


def test_each_upload_of_an_episode_is_a_generation_of_its_own(episode: Any) -> None:
    uploads = [start(episode).body for _ in range(3)]
    assert [asset_of(upload)["generation"] for upload in uploads] == [1, 2, 3]


def test_a_retried_start_answers_the_same_upload(episode: Any) -> None:
    first, again = start(episode, key="once"), start(episode, key="once")
    assert (again.status, again.body["id"]) == (201, first.body["id"])
    assert len(open_in_s3()) == 1
    assert start(episode, key="once", size=2).body["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("size", [1, 5 * 1024**3, 5 * 1024**4])
def test_every_part_is_one_that_s3_takes(size: int) -> None:
    part = part_size(size)
    assert part <= 5 * 1024**3
    assert part >= min(size, 5 * MEGABYTE)
    assert -(-size // part) <= 10_000


def test_a_lost_connection_goes_on_with_the_parts_that_are_missing(
    episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cliffhanger.media.multipart._SMALLEST_PART", 5 * MEGABYTE)
    monkeypatch.setenv("CLIFFHANGER_MAX_BYTES", str(100 * MEGABYTE))
    _loaded.cache_clear()
    upload = start(episode, size=11 * MEGABYTE).body
    assert [part["number"] for part in upload["parts"]] == [1, 2, 3]
    etag = send(upload, b"\0" * upload["part_size"], number=2)
    received = act("GET", upload).body["received"]
    assert received == [{"number": 2, "etag": etag, "size": 5 * MEGABYTE}]
    again = act("POST", upload, "/parts").body["parts"]
    assert [part["number"] for part in again] == [1, 3]
