"""From an upload's event to a job, whatever comes twice, late or out of order."""

from typing import Any

import pytest

from cliffhanger import aws
from tests.unit.pipeline import (
    Transcoder,
    arrived,
    asset,
    complete,
    deliver,
    refused,
    upload,
)


def test_an_event_that_comes_again_makes_no_second_job(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    assert deliver(*[arrived(asset_id)] * 3) == []
    assert len(transcoder.jobs) == 1
    assert [one["name"] for one in asset(asset_id)["renditions"]] == ["720p", "360p"]


def test_a_throttled_job_waits_in_the_queue_and_is_made_once(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    transcoder.faults = [refused("TooManyRequestsException")]
    assert deliver(arrived(asset_id)) == ["0"]
    assert deliver(arrived(asset_id)) == []
    assert len(transcoder.jobs) == 1


def test_a_throttled_message_comes_back_in_seconds(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    real = aws.sqs().change_message_visibility

    def change(**wanted: Any) -> Any:
        waits.append(wanted["VisibilityTimeout"])
        return real(**wanted)

    monkeypatch.setattr(aws.sqs(), "change_message_visibility", change)
    transcoder.faults = [refused("TooManyRequestsException"), refused("InternalServerError")]
    deliver(arrived(upload(episode)))
    assert len(waits) == 1
    assert 5 <= waits[0] <= 10
    deliver(arrived(upload(episode)))
    assert len(waits) == 1, "what fails otherwise waits for the queue's own time"


def test_a_job_that_was_made_and_not_recorded_is_taken_over(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    transcoder.make_it_all_the_same = True
    transcoder.faults = [refused("RequestTimeout")]
    assert deliver(arrived(asset_id)) == ["0"]
    assert deliver(arrived(asset_id)) == []
    assert len(transcoder.jobs) == 1
    assert deliver(complete(transcoder.jobs[0])) == []
    assert asset(asset_id)["status"] == "ready"


def test_a_poisoned_message_does_not_take_the_others_with_it(
    transcoder: Transcoder, episode: Any
) -> None:
    asset_id = upload(episode)
    assert deliver({"source": "aws.s3"}, arrived(asset_id), {"detail": {}}) == ["0", "2"]
    assert asset(asset_id)["status"] == "transcoding"


def test_a_throttled_message_whose_return_cannot_be_hastened_holds_no_other_back(
    transcoder: Transcoder, episode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttled, fine = upload(episode), upload(episode)
    transcoder.faults = [refused("TooManyRequestsException")]

    def fail(**_: Any) -> None:
        raise refused("InternalError", "ChangeMessageVisibility")

    monkeypatch.setattr(aws.sqs(), "change_message_visibility", fail)
    assert deliver(arrived(throttled), arrived(fine)) == ["0"]
    assert len(transcoder.jobs) == 1
