"""An id of the app's is followed through the whole pipeline, as the log of the stage has it."""

import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.aws import client
from tests.client import put_parts
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio

SECONDS = 60.0


def aws(cloud: dict[str, Any], service: str) -> Any:
    return client(service, endpoint=cloud["aws_endpoint_url"], region=cloud["region"])


def lines_of(cloud: dict[str, Any], correlation_id: str) -> list[dict[str, Any]]:
    """Every log line of the stage that carries an id."""
    logs = aws(cloud, "logs")
    found = []
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            told = logs.filter_log_events(
                logGroupName=group["logGroupName"], filterPattern=f'"{correlation_id}"'
            )
            found += [
                json.loads(one["message"])
                for one in told["events"]
                if one["message"].startswith("{") and correlation_id in one["message"]
            ]
    return found


def waited_for(look: Callable[[], set[str]], wanted: set[str]) -> set[str]:
    deadline = time.monotonic() + SECONDS
    found = look()
    while not wanted <= found and time.monotonic() < deadline:
        time.sleep(1)
        found = look()
    return found


def test_an_upload_is_followed_from_the_app_to_the_end_of_its_job(
    cloud: dict[str, Any], studio: Studio, tmp_path: Path
) -> None:
    correlation_id = f"app-{secrets.token_hex(8)}"
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=1, size="360x640")
    wanted = {
        "episode_id": studio.episode(studio.drama()["id"])["id"],
        "filename": clip.name,
        "size": clip.stat().st_size,
        "content_type": "video/mp4",
    }
    header = {"X-Correlation-Id": correlation_id}
    started = studio.client.call("POST", "/studio/uploads", wanted, headers=header).body
    parts = {"parts": put_parts(started, clip)}
    studio.client.post(f"/studio/uploads/{started['id']}/complete", parts)
    assert studio.settled(started["asset_id"])["status"] == "ready"

    def steps() -> set[str]:
        told = lines_of(cloud, correlation_id)
        return {f"{one['service']} {one.get('outcome', one['message'])}" for one in told}

    expected = {"studio start_upload", "transcoding started", "transcoding ready"}
    assert expected <= waited_for(steps, expected)
