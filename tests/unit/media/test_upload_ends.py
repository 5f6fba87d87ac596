"""How an upload ends: completed or given up, once, however often it is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws
from tests.unit.media.sending import FILE, act, asset_of, complete, open_in_s3, send, start
from tests.unit.pipeline import refused


@pytest.fixture
def upload(episode: Any) -> Any:
    return start(episode).body


def test_a_completed_upload_is_a_file_of_its_asset(upload: Any) -> None:
    answer = complete(upload, send(upload))
    assert (answer.status, answer.body["status"]) == (200, "uploaded")
    found = aws.s3().get_object(Bucket="sources", Key=f"sources/{upload['asset_id']}")
    assert (found["Body"].read(), found["ContentType"]) == (FILE, "video/mp4")
    seen = act("GET", upload).body
    assert (seen["status"], seen["received"]) == ("completed", [])


def test_completing_again_answers_the_same(upload: Any) -> None:
    etag = send(upload)
    first = complete(upload, etag)
    again = complete(upload, etag)
    assert (again.status, again.body) == (200, first.body)


def test_a_completion_that_died_halfway_is_made_good_by_the_next(upload: Any) -> None:
    etag = send(upload)
    (one,) = open_in_s3()
    aws.s3().complete_multipart_upload(
        Bucket="sources",
        Key=one["Key"],
        UploadId=one["UploadId"],
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]},
    )
    assert act("GET", upload).body["status"] == "open"
    assert complete(upload, etag).body["status"] == "uploaded"
    assert act("GET", upload).body["status"] == "completed"


@pytest.mark.parametrize("etag", ["", "\x14", "0" * 31 + "\u00e1", "two words"])
def test_what_no_store_calls_a_part_is_refused(upload: Any, etag: str) -> None:
    send(upload)
    answer = complete(upload, etag)
    assert (answer.status, answer.body["code"]) == (422, "invalid_payload")


@pytest.mark.parametrize("etags", [("0" * 32,), ("0" * 32, "1" * 32)])
def test_parts_that_did_not_arrive_do_not_complete(upload: Any, etags: tuple[str, ...]) -> None:
    send(upload)
    answer = complete(upload, *etags)
    assert (answer.status, answer.body["code"]) == (409, "parts_mismatch")
    assert act("GET", upload).body["status"] == "open"


@pytest.mark.parametrize("parts", [[], [{"number": 0, "etag": "a"}], [{"number": 1, "etag": ""}]])
def test_parts_without_a_meaning_are_refused(upload: Any, parts: list[Any]) -> None:
    assert act("POST", upload, "/complete", {"parts": parts}).status == 422


def test_an_upload_that_was_given_up_leaves_nothing(upload: Any) -> None:
    etag = send(upload)
    for _ in range(2):
        answer = act("DELETE", upload)
        assert (answer.status, answer.text) == (204, "")
    assert open_in_s3() == []
    assert asset_of(upload)["status"] == "canceled"
    for late in (complete(upload, etag), act("POST", upload, "/parts")):
        assert (late.status, late.body["code"]) == (409, "upload_closed")


def test_a_completed_upload_cannot_be_given_up(upload: Any) -> None:
    complete(upload, send(upload))
    answer = act("DELETE", upload)
    assert (answer.status, answer.body["code"]) == (409, "upload_closed")
    assert asset_of(upload)["status"] == "uploaded"


def test_an_upload_is_open_for_a_day(upload: Any, later: Callable[..., None]) -> None:
    etag = send(upload)
    later(hours=23, minutes=59)
    assert act("POST", upload, "/parts").status == 200
    later(minutes=1)
    for late in (complete(upload, etag), act("POST", upload, "/parts")):
        assert (late.status, late.body["code"]) == (409, "upload_closed")


def test_an_upload_that_the_bucket_has_swept_away_can_still_be_looked_at(
    upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = open_in_s3()
    aws.s3().abort_multipart_upload(Bucket="sources", Key=one["Key"], UploadId=one["UploadId"])

    def gone(**_: Any) -> None:  # moto raises a KeyError where S3 answers so
        raise refused("NoSuchUpload", "CompleteMultipartUpload")

    monkeypatch.setattr(aws.s3(), "complete_multipart_upload", gone)
    answer = act("GET", upload)
    assert (answer.status, answer.body["received"]) == (200, [])
    for late in (complete(upload, "0" * 32), act("POST", upload, "/parts")):
        assert (late.status, late.body["code"]) == (409, "upload_closed")


@pytest.mark.parametrize(
    ("method", "action", "body"),
    [
        ("GET", "", None),
        ("POST", "/parts", None),
        ("POST", "/complete", {"parts": [{"number": 1, "etag": "a"}]}),
        ("DELETE", "", None),
    ],
)
def test_an_upload_that_never_was_is_not_found(
    stage: None, method: str, action: str, body: object
) -> None:
    answer = act(method, {"id": "upl_01JD0000000000000000000000"}, action, body)
    assert (answer.status, answer.body["code"]) == (404, "upload_not_found")


def test_a_file_of_another_size_than_declared_is_rejected(
    episode: Any, monkeypatch: pytest.MonkeyPatch, bus: Callable[[], list[tuple[str, Any]]]
) -> None:
    upload = start(episode, size=2000).body
    etag = send(upload)

    def differs(**_: Any) -> None:  # moto does not look at MpuObjectSize
        raise refused("InvalidRequest", "CompleteMultipartUpload")

    monkeypatch.setattr(aws.s3(), "complete_multipart_upload", differs)
    answer = complete(upload, etag)
    assert (answer.status, answer.body["code"]) == (409, "size_mismatch")
    found = asset_of(upload)
    assert (found["status"], found["error"]["code"]) == ("rejected", "size_mismatch")
    assert "another size" in found["error"]["detail"]
    assert open_in_s3() == []
    (event,) = bus()
    assert (event[0], event[1]["asset_id"], event[1]["code"]) == (
        "asset.rejected",
        upload["asset_id"],
        "size_mismatch",
    )
    assert complete(upload, etag).body["code"] == "upload_closed"
    assert [name for name, _ in bus()] == ["asset.rejected"], "the first may have been lost"
