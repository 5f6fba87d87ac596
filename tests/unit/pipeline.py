"""The way of an episode's file: a transcoder to give it to, and the messages that it causes."""

import json
from typing import Any

from botocore.exceptions import ClientError

from cliffhanger import aws, clock, dynamo
from cliffhanger.catalog import generations
from cliffhanger.catalog.generations import Ready
from functions.studio.handler import handler as studio_handler
from functions.transcoding.handler import handler
from tests.unit.gateway import studio

VIDEO = {
    "TrackType": "video",
    "Codec": "AVC",
    "VideoProperties": {
        "Width": 720,
        "Height": 1280,
        "FrameRate": {"Numerator": 30, "Denominator": 1},
    },
}


def probed(*tracks: dict[str, Any], duration: float = 3.0) -> dict[str, Any]:
    """What Probe answers about a file with these tracks."""
    container = {"Format": "mp4", "Duration": duration, "Tracks": list(tracks)}
    return {"ProbeResults": [{"Container": container, "Metadata": {"FileSize": 1000}}]}


def write_files(settings: dict[str, Any]) -> None:
    """Write what a job leaves in the bucket: playlists with one segment each, and pictures."""
    cmaf, *pictures = settings["OutputGroups"]
    base = cmaf["OutputGroupSettings"]["CmafGroupSettings"]["Destination"]
    bucket, _, stem = base.removeprefix("s3://").partition("/")
    name = stem.rpartition("/")[2]
    master = ["#EXTM3U"]
    files = {}
    for output in cmaf["Outputs"]:
        track = f"{stem}{output['NameModifier']}"
        playlist = f"{name}{output['NameModifier']}"
        files[f"{track}init.cmfv"] = files[f"{track}_1.cmfv"] = "bytes"
        files[f"{track}.m3u8"] = (
            "#EXTM3U\n#EXT-X-TARGETDURATION:3\n"
            f'#EXT-X-MAP:URI="{playlist}init.cmfv"\n#EXTINF:3.0,\n{playlist}_1.cmfv\n'
            "#EXT-X-ENDLIST\n"
        )
        video = output.get("VideoDescription")
        if video:
            size = f"{video['Width']}x{video['Height']}"
            master += [f"#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION={size}", f"{playlist}.m3u8"]
    files[f"{stem}.m3u8"] = "\n".join(master) + "\n"
    for group in pictures:
        to = group["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
        files[f"{to.removeprefix(f's3://{bucket}/')}.0000000.jpg"] = "bytes"
    for key, text in files.items():
        aws.s3().put_object(Bucket=bucket, Key=key, Body=text.encode())


class Transcoder:
    """MediaConvert as far as it is called. `faults` are raised by CreateJob, one a call."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.canceled: list[str] = []
        self.faults: list[Exception] = []
        self.make_it_all_the_same = False
        self.answer: dict[str, Any] | Exception = probed(VIDEO)
        self.found: dict[str, Any] = {"Status": "PROGRESSING"}

    def probe(self, **_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def create_job(self, **wanted: Any) -> Any:
        fault = self.faults.pop(0) if self.faults else None
        if fault and not self.make_it_all_the_same:
            raise fault
        job = {
            "Id": f"job-{len(self.jobs)}",
            "Status": "PROGRESSING",
            "UserMetadata": wanted["UserMetadata"],
        }
        self.jobs.append(job)
        write_files(wanted["Settings"])
        if fault:
            raise fault
        return {"Job": job}

    def search_jobs(self, **wanted: Any) -> Any:
        """One job a page."""
        page = int(wanted.get("NextToken", 0))
        more = {"NextToken": str(page + 1)} if page + 1 < len(self.jobs) else {}
        return {"Jobs": self.jobs[page : page + 1], **more}

    def get_job(self, **wanted: Any) -> Any:
        return {"Job": next(job for job in self.jobs if job["Id"] == wanted["Id"]) | self.found}

    def cancel_job(self, **wanted: Any) -> None:
        for job in self.jobs:
            if job["Id"] == wanted["Id"]:
                job["Status"] = "CANCELED"
        self.canceled.append(wanted["Id"])


def refused(code: str, operation: str = "CreateJob") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def new_drama(**changes: Any) -> Any:
    body = {"title": {"en": "A"}, "original_language": "en", "free_episodes": 1, "episode_price": 1}
    return studio(studio_handler, "POST /v1/studio/dramas", body | changes).body


def new_episode(drama: Any = None, number: int = 1) -> Any:
    return studio(
        studio_handler,
        "POST /v1/studio/dramas/{drama_id}/episodes",
        {"number": number, "title": {"en": "A"}},
        path={"drama_id": (drama or new_drama())["id"]},
    ).body


def publish(made: Any) -> Any:
    """Publish a drama or an episode."""
    drama = "POST /v1/studio/dramas/{drama_id}"
    if "drama_id" not in made:
        return studio(studio_handler, f"{drama}/publish", path={"drama_id": made["id"]}).body
    path = {"drama_id": made["drama_id"], "episode_id": made["id"]}
    return studio(studio_handler, f"{drama}/episodes/{{episode_id}}/publish", path=path).body


def make_playable(episode: Any, generation: int = 1) -> None:
    """Switch an episode to a generation, as the end of its job does."""
    ready = Ready(generation, "ast_1", 90_500, "index.m3u8", "poster.0000001.jpg")
    standing = generations.look(generations.place(episode["id"]))
    dynamo.transact(*generations.go_live(standing, ready, clock.now()))


def upload(episode: Any) -> str:
    body = {
        "episode_id": episode["id"],
        "filename": "a.mp4",
        "size": 1000,
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
    sqs = aws.sqs()
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
