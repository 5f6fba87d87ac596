"""A studio's batch: eighty episodes at once, while the transcoder refuses half of the jobs."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import cloud as clouds
from bench.results import path_of
from bench.row import Line, Progress, Row
from local.aws import client
from tests.client import fetch
from tests.cloud.clips import vertical_clip
from tests.cloud.test_under_fire import jobs_of, mend, settle

EPISODES = 80
THROTTLED = {"throttle": 0.5, "seed": 7}


def measure(progress: Progress) -> Sequence[Line]:
    """Upload all of them, and wait until the last one has come to its end."""
    cloud = clouds.running(progress)
    member = clouds.studio(cloud)
    clip = vertical_clip(path_of("batch") / "clip.mp4", seconds=1, size="360x640")
    drama = member.drama()
    progress("episodes")
    episodes = [member.episode(drama["id"], number) for number in range(1, EPISODES + 1)]
    faults = f"{cloud['mediaconvert_url']}/_faults"
    fetch(faults, method="POST", data=json.dumps(THROTTLED).encode())
    started = time.monotonic()
    try:
        progress("uploading")
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda one: member.upload(one["id"], clip)["id"], episodes))
        progress("waiting")
        states = settle(member, cloud, made, seconds=400)
        took = time.monotonic() - started
    finally:
        mend(cloud)
    jobs = [jobs_of(cloud, asset_id) for asset_id in made]
    transcoded = _transcode_seconds(cloud, set(made))
    return [
        _count("ready", states.count("ready")),
        _count("with just one job", jobs.count(["COMPLETE"])),
        Line(
            what="from the first upload to the last ready",
            measured=f"{took:.0f} s",
            baseline=f"{transcoded:.0f} s, the sum of the transcodes",
            ratio=f"{took / transcoded:.2f}",
        ),
    ]


def _count(what: str, found: int) -> Line:
    return Line(
        what=what, measured=f"{found} of {EPISODES}", goal=f"{EPISODES}", met=found == EPISODES
    )


def _transcode_seconds(cloud: dict[str, Any], asset_ids: set[str]) -> float:
    """Return how long the jobs of these uploads took, one after the other."""
    transcoder = client("mediaconvert", endpoint=cloud["mediaconvert_url"], region=cloud["region"])
    total = 0.0
    for asset_id in asset_ids:
        source = f"s3://{cloud['buckets']['sources']}/sources/{asset_id}"
        for job in transcoder.search_jobs(InputFile=source)["Jobs"]:
            timing = job["Timing"]
            total += (timing["FinishTime"] - timing["StartTime"]).total_seconds()
    return total


ROW = Row(
    name="batch",
    title="A batch of 80 episodes with CreateJob throttled",
    measure=measure,
    reading=(
        "Half of all calls of the transcoder are refused as throttled. A refused CreateJob is tried"
        " again by the client and then by the queue; the attempt was written down before, so none"
        " makes a second job. Events that arrive are believed; the schedule that asks for silent"
        " assets is hurried, as in the tests. The clips are of one second, so what is measured is"
        " the way and not the encoder, which works on several jobs at a time: times are"
        " of the clock on the wall here, and the sum of the transcodes has second precision."
    ),
)
