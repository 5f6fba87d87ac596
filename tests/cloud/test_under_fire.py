"""Uploads with everything going wrong that does go wrong: each file still makes one episode."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import clock
from local.aws import client
from tests.client import fetch
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio

UPLOADS = 20


Break = Callable[[dict[str, Any]], None]
THROTTLED_SHUFFLED_REPEATED_AND_LOST = {
    "throttle": 0.5,
    "events": {"lose_share": 0.5, "repeat": 3, "delay_seconds": [0, 1], "shuffle": True},
    "seed": 7,
}


@pytest.fixture
def broken(cloud: dict[str, Any]) -> Iterator[Break]:
    """Breaks the transcoder as asked; it is mended after the test."""

    def breaks(wanted: dict[str, Any]) -> None:
        address = f"{cloud['mediaconvert_url']}/_faults"
        answer = fetch(address, method="POST", data=json.dumps(wanted).encode())
        assert answer.status < 300, answer.content

    yield breaks
    mend(cloud)


def mend(cloud: dict[str, Any]) -> None:
    assert fetch(f"{cloud['mediaconvert_url']}/_faults", method="DELETE").status < 300


def test_twenty_uploads_give_twenty_ready_assets_and_twenty_jobs(
    studio: Studio, cloud: dict[str, Any], broken: Break, tmp_path: Path
) -> None:
    broken(THROTTLED_SHUFFLED_REPEATED_AND_LOST)
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=1, size="360x640")
    drama = studio.drama()
    episodes = [studio.episode(drama["id"], number) for number in range(1, UPLOADS + 1)]
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])

    def upload_and_repeat(episode: dict[str, Any]) -> str:
        asset_id = str(studio.upload(episode["id"], clip)["id"])
        for _ in range(2):
            tell_again(cloud, asset_id)
        return asset_id

    # The emulated AWS starts a process for each call at once: let it have some before the rush.
    with ThreadPoolExecutor(4) as few:
        list(few.map(studio.client.get, [f"/studio/dramas/{drama['id']}"] * 8))
    with ThreadPoolExecutor(UPLOADS) as pool:
        made = list(pool.map(upload_and_repeat, episodes))
    assert settle(studio, cloud, made) == ["ready"] * UPLOADS
    assert lost(cloud)["COMPLETE"], "of twenty ends, half are lost"

    mend(cloud)
    for asset_id in made:
        assert jobs_of(cloud, asset_id) == ["COMPLETE"]
    assert left(sqs, cloud) == 0


def test_a_function_that_dies_between_the_job_and_its_record_makes_one_job(
    studio: Studio, cloud: dict[str, Any], broken: Break, tmp_path: Path
) -> None:
    broken({"create_job_times_out_after_making_it": 100, "events": {"lose_share": 1}})
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=1, size="360x640")
    asset_id = str(studio.upload(studio.episode(studio.drama()["id"])["id"], clip)["id"])
    until(lambda: jobs_of(cloud, asset_id) == ["COMPLETE"], seconds=180)
    assert "job_id" not in item_of(cloud, asset_id)
    mend(cloud)
    tell_again(cloud, asset_id)
    until(lambda: "job_id" in item_of(cloud, asset_id), seconds=180)
    ask_for(cloud, [asset_id])
    assert studio.settled(asset_id)["status"] == "ready"
    assert jobs_of(cloud, asset_id) == ["COMPLETE"]


def tell_again(cloud: dict[str, Any], asset_id: str) -> None:
    """Bring S3's event of an upload once more."""
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    detail = {"object": {"key": f"sources/{asset_id}"}}
    message = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
    sqs.send_message(QueueUrl=cloud["queues"]["uploads"], MessageBody=json.dumps(message))


def settle(
    studio: Studio, cloud: dict[str, Any], asset_ids: list[str], seconds: float = 300
) -> list[str]:
    """Wait until all assets are at an end, while a hurried schedule asks for those with a job."""
    deadline = time.monotonic() + seconds
    while True:
        found = [studio.client.get(f"/studio/assets/{one}").body for one in asset_ids]
        moving = [one["id"] for one in found if one["status"] in {"uploaded", "transcoding"}]
        if not moving:
            return [one["status"] for one in found]
        assert time.monotonic() < deadline, found
        ask_for(cloud, [asset_id for asset_id in moving if "job_id" in item_of(cloud, asset_id)])
        time.sleep(3)


def ask_for(cloud: dict[str, Any], asset_ids: list[str]) -> None:
    """What the schedule does ten minutes after the last sign of life.

    A sweep whose question is throttled fails, and the next one asks again.
    """
    dynamodb = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    for asset_id in asset_ids:
        with suppress(dynamodb.exceptions.ConditionalCheckFailedException):  # it has just ended
            dynamodb.update_item(
                TableName=cloud["tables"]["content"],
                Key={"pk": {"S": asset_id}, "sk": {"S": "ASSET"}},
                UpdateExpression="SET due_at = :now",
                ConditionExpression="attribute_exists(due_at)",
                ExpressionAttributeValues={":now": {"S": clock.iso(clock.now())}},
            )
    functions = client("lambda", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    names = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
    (name,) = [name for name in names if "Transcoding" in name]
    functions.invoke(FunctionName=name, Payload=b'{"action": "sweep"}')


def lost(cloud: dict[str, Any]) -> dict[str, int]:
    """How many events of each status the transcoder has not sent."""
    answer = fetch(f"{cloud['mediaconvert_url']}/_faults")
    found: dict[str, int] = json.loads(answer.content)["lost"]
    return found


def jobs_of(cloud: dict[str, Any], asset_id: str) -> list[str]:
    """The states of all jobs that were made for an upload."""
    transcoder = client("mediaconvert", endpoint=cloud["mediaconvert_url"], region=cloud["region"])
    source = f"s3://{cloud['buckets']['sources']}/sources/{asset_id}"
    return [str(job["Status"]) for job in transcoder.search_jobs(InputFile=source)["Jobs"]]


def item_of(cloud: dict[str, Any], asset_id: str) -> dict[str, Any]:
    dynamodb = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    key = {"pk": {"S": asset_id}, "sk": {"S": "ASSET"}}
    found: dict[str, Any] = dynamodb.get_item(TableName=cloud["tables"]["content"], Key=key)["Item"]
    return found


def until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def left(sqs: Any, cloud: dict[str, Any], seconds: float = 60) -> int:
    """Messages that are left in any queue, after some time to take the last ones."""
    deadline = time.monotonic() + seconds
    while True:
        total = 0
        for url in cloud["queues"].values():
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            total += sum(int(value) for value in found.values())
        if total == 0 or time.monotonic() > deadline:
            return total
        time.sleep(1)
