"""Twenty uploads at once, with everything going wrong that does go wrong."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.aws import client
from tests.client import fetch
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio

UPLOADS = 20


@pytest.fixture
def faults(cloud: dict[str, Any]) -> Iterator[None]:
    """CreateJob is throttled half of the time; events come three times, late and shuffled."""
    wanted = {
        "throttle": 0.5,
        "events": {"repeat": 3, "delay_seconds": [0, 1], "shuffle": True},
        "seed": 7,
    }
    address = f"{cloud['mediaconvert_url']}/_faults"
    answer = fetch(address, method="POST", data=json.dumps(wanted).encode())
    assert answer.status < 300, answer.content
    yield
    mend(cloud)


def mend(cloud: dict[str, Any]) -> None:
    assert fetch(f"{cloud['mediaconvert_url']}/_faults", method="DELETE").status < 300


def test_twenty_uploads_give_twenty_ready_assets_and_twenty_jobs(
    studio: Studio, cloud: dict[str, Any], faults: None, tmp_path: Path
) -> None:
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=1, size="360x640")
    drama = studio.drama()
    episodes = [studio.episode(drama["id"], number) for number in range(1, UPLOADS + 1)]
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])

    def upload_and_repeat(episode: dict[str, Any]) -> str:
        asset_id = str(studio.upload(episode["id"], clip)["id"])
        detail = {"object": {"key": f"sources/{asset_id}"}}
        message = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
        for _ in range(2):
            sqs.send_message(QueueUrl=cloud["queues"]["uploads"], MessageBody=json.dumps(message))
        return asset_id

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(upload_and_repeat, episodes))
    found = [studio.settled(asset_id, seconds=240) for asset_id in made]
    assert [one["status"] for one in found] == ["ready"] * UPLOADS

    mend(cloud)
    transcoder = client("mediaconvert", endpoint=cloud["mediaconvert_url"], region=cloud["region"])
    for asset_id in made:
        source = f"s3://{cloud['buckets']['sources']}/sources/{asset_id}"
        jobs = transcoder.search_jobs(InputFile=source)["Jobs"]
        assert [job["Status"] for job in jobs] == ["COMPLETE"]
    assert left(sqs, cloud) == 0


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
