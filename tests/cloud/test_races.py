"""Many at once: the table's conditions decide, and everyone is told the truth."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.aws import client
from tests.client import Answer
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import TITLE, Studio

WORKERS = 8


def at_once(calls: list[Any]) -> list[Answer]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_one_number_goes_to_one_episode(studio: Studio) -> None:
    drama = studio.drama()
    path = f"/studio/dramas/{drama['id']}/episodes"
    body = {"number": 1, "title": TITLE}
    answers = at_once([lambda: studio.client.post(path, body)] * WORKERS)
    assert Counter(one.status for one in answers) == {201: 1, 409: WORKERS - 1}
    assert {one.body["code"] for one in answers if one.status == 409} == {"episode_number_taken"}


def test_episodes_added_at_once_get_a_slot_each(studio: Studio) -> None:
    drama = studio.drama()
    path = f"/studio/dramas/{drama['id']}/episodes"

    def add(number: int) -> Answer:
        while True:
            answer = studio.client.post(path, {"number": number, "title": TITLE})
            if answer.status != 503:  # `busy` says to try again
                return answer

    answers = at_once([lambda n=n: add(n) for n in range(1, WORKERS + 1)])
    assert sorted(one.body["slot"] for one in answers) == list(range(1, WORKERS + 1))


def test_a_retried_creation_makes_one_drama(studio: Studio) -> None:
    body = {"title": TITLE, "original_language": "en", "free_episodes": 1, "episode_price": 1}
    answers = at_once(
        [lambda: studio.client.post("/studio/dramas", body, key="the-same")] * WORKERS
    )
    assert {one.status for one in answers} == {201}
    assert len({one.body["id"] for one in answers}) == 1
    other = studio.client.post("/studio/dramas", body | {"episode_price": 2}, key="the-same")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_uploads_of_one_episode_get_a_generation_each(studio: Studio, cloud: Any) -> None:
    episode = studio.episode(studio.drama()["id"])
    body = {
        "episode_id": episode["id"],
        "filename": "../../etc/passwd",
        "size": 10,
        "content_type": "video/mp4",
    }
    answers = at_once([lambda: studio.client.post("/studio/uploads", body)] * 4)
    assert {one.status for one in answers} <= {201, 503}
    made = [one.body["asset_id"] for one in answers if one.status == 201]
    generations = [studio.client.get(f"/studio/assets/{one}").body["generation"] for one in made]
    assert sorted(generations) == list(range(1, len(made) + 1))
    assert all("passwd" not in part["url"] for one in answers for part in one.body.get("parts", []))


def test_an_event_that_comes_three_times_starts_one_job(
    studio: Studio, cloud: dict[str, Any], tmp_path: Any
) -> None:
    episode = studio.episode(studio.drama()["id"])
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=2, size="360x640")
    asset_id = studio.upload(episode["id"], clip)["id"]
    sqs = client("sqs", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    detail = {"object": {"key": f"sources/{asset_id}"}}
    event = json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})
    for _ in range(3):
        sqs.send_message(QueueUrl=cloud["queues"]["uploads"], MessageBody=event)
    assert studio.settled(asset_id)["status"] == "ready"
    transcoder = client("mediaconvert", endpoint=cloud["mediaconvert_url"], region=cloud["region"])
    source = f"s3://{cloud['buckets']['sources']}/sources/{asset_id}"
    jobs = transcoder.search_jobs(InputFile=source)["Jobs"]
    assert [job["Status"] for job in jobs] == ["COMPLETE"]
