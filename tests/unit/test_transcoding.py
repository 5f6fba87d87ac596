"""From an upload's event to a ready episode, whatever comes twice, late or out of order."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cliffhanger import aws, dynamo
from functions.studio.handler import handler as studio_handler
from functions.transcoding.handler import handler
from tests.unit.conftest import studio

PROBE = {
    "ProbeResults": [
        {
            "Container": {
                "Format": "mp4",
                "Duration": 3.0,
                "Tracks": [
                    {
                        "TrackType": "video",
                        "Codec": "AVC",
                        "VideoProperties": {
                            "Width": 720,
                            "Height": 1280,
                            "FrameRate": {"Numerator": 30, "Denominator": 1},
                        },
                    }
                ],
            },
            "Metadata": {"FileSize": 1000},
        }
    ]
}


class Transcoder:
    """MediaConvert as far as it is called. `faults` are raised by CreateJob, one a call."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.canceled: list[str] = []
        self.faults: list[Exception] = []
        self.make_it_all_the_same = False
        self.found: dict[str, Any] = {"Status": "PROGRESSING"}

    def probe(self, **_: Any) -> Any:
        return PROBE

    def create_job(self, **wanted: Any) -> Any:
        fault = self.faults.pop(0) if self.faults else None
        if fault and not self.make_it_all_the_same:
            raise fault
        job = {"Id": f"job-{len(self.jobs)}", "UserMetadata": wanted["UserMetadata"]}
        self.jobs.append(job)
        if fault:
            raise fault
        return {"Job": job}

    def search_jobs(self, **_: Any) -> Any:
        return {"Jobs": self.jobs}

    def get_job(self, **wanted: Any) -> Any:
        return {"Job": next(job for job in self.jobs if job["Id"] == wanted["Id"]) | self.found}

    def cancel_job(self, **wanted: Any) -> None:
        self.canceled.append(wanted["Id"])


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "CreateJob")


@pytest.fixture
def transcoder(stage: None, monkeypatch: pytest.MonkeyPatch) -> Transcoder:
    made = Transcoder()
    monkeypatch.setattr(aws, "mediaconvert", lambda: made)
    return made


@pytest.fixture
def episode(transcoder: Transcoder) -> Any:
    return new_episode()


def new_episode() -> Any:
    body = {"title": {"en": "A"}, "original_language": "en", "free_episodes": 1, "episode_price": 1}
    drama = studio(studio_handler, "POST /v1/studio/dramas", body).body
    return studio(
        studio_handler,
        "POST /v1/studio/dramas/{drama_id}/episodes",
        {"number": 1, "title": {"en": "A"}},
        path={"drama_id": drama["id"]},
    ).body


def upload(episode: Any) -> str:
    body = {
        "episode_id": episode["id"],
        "filename": "a.mp4",
        "size": 10,
        "content_type": "video/mp4",
    }
    return str(studio(studio_handler, "POST /v1/studio/uploads", body).body["asset_id"])


def asset(asset_id: str) -> Any:
    route = "GET /v1/studio/assets/{asset_id}"
    return studio(studio_handler, route, path={"asset_id": asset_id}).body


def live(episode: Any) -> tuple[int, str | None]:
    item = dynamo.get("content", dynamo.key(episode["drama_id"], "EP#0001"), consistent=True)
    assert item is not None
    return item["generation"], item["asset_id"]


def deliver(*messages: dict[str, Any]) -> list[str]:
    """Bring messages in one batch; return which must come again."""
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="uploads")["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(message))
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    records = [
        {
            "messageId": str(place),
            "body": one["Body"],
            "receiptHandle": one["ReceiptHandle"],
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:uploads",
        }
        for place, one in enumerate(received)
    ]
    failures = handler({"Records": records}, None)["batchItemFailures"]
    for one in received:  # a delivery of its own each time, so nothing waits for the next
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    return [one["itemIdentifier"] for one in failures]


def arrived(asset_id: str) -> dict[str, Any]:
    return {"source": "aws.s3", "detail": {"object": {"key": f"sources/{asset_id}"}}}


def told(job: dict[str, Any], status: str, **detail: Any) -> dict[str, Any]:
    common = {"jobId": job["Id"], "status": status, "userMetadata": job["UserMetadata"]}
    return {"source": "aws.mediaconvert", "detail": common | detail}


def complete(job: dict[str, Any]) -> dict[str, Any]:
    groups = [{"outputDetails": [{"durationInMs": 3000}]}]
    return told(job, "COMPLETE", outputGroupDetails=groups)


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


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_and_repetition_of_a_jobs_events_ends_in_the_same_asset(
    transcoder: Transcoder, data: st.DataObject
) -> None:
    episode = new_episode()
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    job = transcoder.jobs[-1]
    events = [
        told(job, "PROGRESSING"),
        told(job, "INPUT_INFORMATION"),
        told(job, "STATUS_UPDATE", jobProgress={"jobPercentComplete": 40}),
        told(job, "STATUS_UPDATE", jobProgress={"jobPercentComplete": 80}),
        complete(job),
    ]
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=4))
    for message in data.draw(st.permutations(repeated)):
        assert deliver(message) == []
    found = asset(asset_id)
    assert (found["status"], found["progress"]) == ("ready", 100)
    assert live(episode) == (1, asset_id)


def test_nothing_undoes_an_end(transcoder: Transcoder, episode: Any) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    job = transcoder.jobs[0]
    deliver(complete(job), told(job, "ERROR", errorCode=1010), told(job, "CANCELED"))
    assert asset(asset_id)["status"] == "ready"


def test_a_failed_job_says_why_in_a_sentence(transcoder: Transcoder, episode: Any) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    deliver(told(transcoder.jobs[0], "ERROR", errorCode=1010, errorMessage="secret internals"))
    found = asset(asset_id)
    assert (found["status"], found["error"]["code"]) == ("failed", "transcode_1010")
    assert "Export it again" in found["error"]["detail"]


def test_events_of_another_attempt_change_nothing(transcoder: Transcoder, episode: Any) -> None:
    asset_id = upload(episode)
    deliver(arrived(asset_id))
    other = {"Id": "job-9", "UserMetadata": {"asset_id": asset_id, "attempt": "att_other"}}
    deliver(complete(other))
    assert asset(asset_id)["status"] == "transcoding"


def test_a_lower_generation_that_is_ready_later_does_not_go_live(
    transcoder: Transcoder, episode: Any
) -> None:
    first, second = upload(episode), upload(episode)
    deliver(arrived(first), arrived(second))
    deliver(complete(transcoder.jobs[1]), complete(transcoder.jobs[0]))
    assert asset(first)["status"] == asset(second)["status"] == "ready"
    assert live(episode) == (2, second)
