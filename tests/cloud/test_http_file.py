"""docs/cliffhanger.http tells a viewer's evening, and every request of it does what it says."""

from typing import Any

from local.layout import ROOT
from tests.cloud.http_file import read


def test_the_file_browses_plays_buys_and_unlocks(cloud: dict[str, Any]) -> None:
    story, requests = read(ROOT / "docs" / "cliffhanger.http")
    story.variables["host"] = cloud["base_url"]
    for request in requests:
        answer = story.send(request)
        assert answer.status == request.status, (request.text, answer.content)
    said = story.said
    assert said["locked"]["code"] == "episode_locked"
    assert said["locked"]["price"] == said["unlocked"]["charged"] == 60
    assert said["purchase"]["purchase"]["state"] == "granted"
    bought = said["purchase"]["wallet"]
    left = bought["paid"] + bought["bonus"] - 60
    assert said["wallet"]["paid"] + said["wallet"]["bonus"] == left
    assert {one["kind"] for one in said["entries"]["items"]} == {"purchase", "unlock"}
