"""A file has arrived: it is turned away for a reason, or one job is made for it."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger import aws
from functions.studio.handler import handler as studio_handler
from tests.unit.gateway import studio
from tests.unit.pipeline import (
    VIDEO,
    Transcoder,
    arrived,
    asset,
    complete,
    deliver,
    live,
    probed,
    refused,
    upload,
)

SMALL = VIDEO | {"VideoProperties": {"Width": 240, "Height": 426}}
RUNNING = {"SUBMITTED", "PROGRESSING"}
SOUND = {"TrackType": "audio", "Codec": "AAC"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (probed(), "truncated"),
        (probed(SOUND), "no_video"),
        (probed(VIDEO | {"Codec": "THEORA"}), "unsupported_codec"),
        (probed(VIDEO, duration=901.0), "too_long"),
        (probed(SMALL), "too_small"),
        (refused("BadRequestException", "Probe"), "not_media"),
        (refused("UnprocessableEntityException", "Probe"), "truncated"),
    ],
    ids=["empty", "sound", "codec", "long", "small", "no media", "damaged"],
)
def test_a_file_that_cannot_be_encoded_is_rejected_and_costs_no_job(
    transcoder: Transcoder,
    episode: Any,
    bus: Callable[[], list[tuple[str, Any]]],
    answer: Any,
    code: str,
) -> None:
    asset_id = upload(episode)
    transcoder.answer = answer
    assert deliver(arrived(asset_id)) == []
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("rejected", code)
    assert transcoder.jobs == []
    ((name, detail),) = bus()
    assert (name, detail["asset_id"], detail["code"]) == ("asset.rejected", asset_id, code)


def test_a_rejection_that_the_bus_refused_is_told_when_the_message_comes_again(
    transcoder: Transcoder,
    episode: Any,
    bus: Callable[[], list[tuple[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asset_id = upload(episode)
    transcoder.answer = probed(SOUND)
    refusal = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
    with monkeypatch.context() as patch:
        patch.setattr(aws.events(), "put_events", lambda **_: refusal)
        assert deliver(arrived(asset_id)) == ["0"]
    assert asset(asset_id)["status"] == "rejected"
    assert bus() == []
    assert deliver(arrived(asset_id)) == []
    ((name, detail),) = bus()
    assert (name, detail["asset_id"], detail["code"]) == ("asset.rejected", asset_id, "no_video")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ForbiddenException"])
def test_a_probe_that_fails_for_our_own_reasons_is_tried_again(
    transcoder: Transcoder, episode: Any, code: str
) -> None:
    asset_id = upload(episode)
    transcoder.answer = refused(code, "Probe")
    assert deliver(arrived(asset_id)) == ["0"]
    assert asset(asset_id)["status"] == "awaiting_upload"
    transcoder.answer = probed(VIDEO)
    assert deliver(arrived(asset_id)) == []
    assert len(transcoder.jobs) == 1


@pytest.mark.parametrize(
    "key", ["sources/ast_01JD0000000000000000000000", "sources/ast_1", "other/a.mp4", "a"]
)
def test_a_file_that_nobody_asked_for_is_let_be(transcoder: Transcoder, key: str) -> None:
    message = {"source": "aws.s3", "detail": {"object": {"key": key}}}
    assert deliver(message) == []
    assert transcoder.jobs == []


def test_the_studio_sees_what_the_file_turned_out_to_be(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    source = asset(asset_id)["source"]
    assert (source["filename"], source["width"], source["height"]) == ("a.mp4", 720, 1280)
    assert (source["duration_ms"], source["has_audio"]) == (3000, False)


def test_the_job_of_another_attempt_at_the_file_is_not_taken_over(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("ServiceUnavailable")]
    deliver(arrived(asset_id))
    old = {"Id": "job-old", "Status": "PROGRESSING", "UserMetadata": {"attempt": "att_old"}}
    transcoder.jobs.append(old)
    deliver(arrived(asset_id))
    assert [job["Id"] for job in transcoder.jobs] == ["job-old", "job-1"]
    assert transcoder.canceled == []
    deliver(complete(transcoder.jobs[1]))
    assert live(episode) == (1, asset_id)


def test_of_two_jobs_that_were_made_in_a_race_one_is_canceled(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("ServiceUnavailable")]
    deliver(arrived(asset_id))

    ours = transcoder.create_job

    def after_another_delivery(**wanted: Any) -> Any:
        monkeypatch.setattr(transcoder, "create_job", ours)
        deliver(arrived(asset_id))
        return ours(**wanted)

    monkeypatch.setattr(transcoder, "create_job", after_another_delivery)
    deliver(arrived(asset_id))
    assert [job["Id"] for job in transcoder.jobs] == ["job-0", "job-1"]
    assert transcoder.canceled == ["job-1"]
    deliver(complete(transcoder.jobs[0]))
    assert asset(asset_id)["status"] == "ready"


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        (("PROGRESSING", "PROGRESSING", "PROGRESSING"), "job-0"),
        (("SUBMITTED", "PROGRESSING", "SUBMITTED"), "job-1"),
        (("PROGRESSING", "CANCELED", "COMPLETE"), "job-2"),
        (("ERROR", "CANCELED", "SUBMITTED"), "job-2"),
    ],
    ids=" ".join,
)
def test_of_jobs_that_were_made_and_not_recorded_one_is_kept_and_the_others_are_canceled(
    transcoder: Transcoder, episode: Any, states: tuple[str, ...], kept: str
) -> None:
    asset_id = upload(episode)
    transcoder.make_it_all_the_same = True
    transcoder.faults = [refused("RequestTimeout")]
    deliver(arrived(asset_id))
    (made,) = transcoder.jobs
    transcoder.jobs = [
        made | {"Id": f"job-{place}", "Status": status} for place, status in enumerate(states)
    ]
    running = {job["Id"] for job in transcoder.jobs if job["Status"] in RUNNING}
    assert deliver(arrived(asset_id)) == []
    assert len(transcoder.jobs) == len(states)
    assert set(transcoder.canceled) == running - {kept}
    (taken_over,) = [job for job in transcoder.jobs if job["Id"] == kept]
    deliver(complete(taken_over))
    assert asset(asset_id)["status"] == "ready"


def test_an_aborted_upload_is_not_transcoded_after_all(
    transcoder: Transcoder, episode: Any
) -> None:
    body = {"episode_id": episode["id"], "filename": "a", "size": 1, "content_type": "video/mp4"}
    started = studio(studio_handler, "POST /v1/studio/uploads", body).body
    route = "DELETE /v1/studio/uploads/{upload_id}"
    studio(studio_handler, route, path={"upload_id": started["id"]})
    deliver(arrived(started["asset_id"]))
    assert asset(started["asset_id"])["status"] == "canceled"
    assert transcoder.jobs == []


def test_a_file_that_changed_on_its_way_is_rejected(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {
        "episode_id": episode["id"],
        "filename": "a.mp4",
        "size": 1000,
        "content_type": "video/mp4",
        "checksum_crc64nvme": "AAAAAAAAAAA=",
    }
    made = studio(studio_handler, "POST /v1/studio/uploads", body).body["asset_id"]
    told: dict[str, str] = {"ChecksumType": "FULL_OBJECT", "ChecksumCRC64NVME": "AAAAAAAAAAE="}
    monkeypatch.setattr(aws.s3(), "head_object", lambda **_: told)
    deliver(arrived(made))
    error = asset(made)["error"]
    assert error["code"] == "checksum_mismatch"
    assert "its checksum is not the one that was declared. Upload it again." in error["detail"]
    assert transcoder.jobs == []
    told["ChecksumCRC64NVME"] = "AAAAAAAAAAA="
    made = studio(studio_handler, "POST /v1/studio/uploads", body).body["asset_id"]
    deliver(arrived(made))
    assert asset(made)["status"] == "transcoding"


@pytest.mark.parametrize(
    "told", [{}, {"ChecksumType": "COMPOSITE", "ChecksumCRC64NVME": "AAAAAAAAAAA=-2"}]
)
def test_a_declared_checksum_that_cannot_be_compared_lets_no_file_in(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch, told: dict[str, str]
) -> None:
    body = {
        "episode_id": episode["id"],
        "filename": "a.mp4",
        "size": 1000,
        "content_type": "video/mp4",
    }
    declared = body | {"checksum_crc64nvme": "AAAAAAAAAAA="}
    monkeypatch.setattr(aws.s3(), "head_object", lambda **_: told)
    made = studio(studio_handler, "POST /v1/studio/uploads", declared).body["asset_id"]
    assert deliver(arrived(made)) == ["0"], "it comes again, and wakes somebody in the end"
    assert (asset(made)["status"], transcoder.jobs) == ("awaiting_upload", [])
    made = studio(studio_handler, "POST /v1/studio/uploads", body).body["asset_id"]
    assert deliver(arrived(made)) == []
    assert asset(made)["status"] == "transcoding", "nothing was declared"


def test_a_file_that_probe_finds_of_another_size_is_rejected(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    transcoder.answer = probed(VIDEO)
    transcoder.answer["ProbeResults"][0]["Metadata"]["FileSize"] = 999
    deliver(arrived(asset_id))
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("rejected", "size_mismatch")
    assert "another size than was declared" in found["error"]["detail"]
    assert transcoder.jobs == []


def test_a_function_that_dies_right_after_its_job_leaves_it_to_the_next_delivery(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = upload(episode)
    create = transcoder.create_job

    def and_die(**wanted: Any) -> None:
        create(**wanted)
        raise KeyboardInterrupt  # nothing catches it, as nothing survives a killed function

    with monkeypatch.context() as patch:
        patch.setattr(transcoder, "create_job", and_die)
        with pytest.raises(KeyboardInterrupt):
            deliver(arrived(asset_id))
    assert (asset(asset_id)["status"], len(transcoder.jobs)) == ("transcoding", 1)
    assert deliver(arrived(asset_id)) == []
    assert (len(transcoder.jobs), transcoder.canceled) == (1, [])
    deliver(complete(transcoder.jobs[0]))
    assert live(episode) == (1, asset_id)


def test_a_job_that_is_never_taken_fails_at_once(transcoder: Transcoder, episode: Any) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("BadRequestException")]
    assert deliver(arrived(asset_id)) == []
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", "job_refused")
    assert deliver(arrived(asset_id)) == []
    assert transcoder.jobs == []
