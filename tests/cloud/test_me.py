"""A viewer's own account, and what is left of it after they have deleted it."""

import time
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import clock
from cliffhanger.routing import Access
from functions.registry import ROUTES
from local.aws import client, sign_in
from tests.client import Client, fetch
from tests.cloud.clips import vertical_clip
from tests.cloud.conftest import Studio, wake_the_edge_writer

SETTINGS = {"auto_unlock": True, "consent": {"analytics": True}}


def report(viewer_id: str, episode_id: str) -> dict[str, Any]:
    return {
        "session_id": f"ses_{viewer_id.removeprefix('vwr_')}",
        "episode_id": episode_id,
        "position_seconds": 1.0,
        "watched_seconds": 1.0,
        "at": clock.iso(clock.now()),
    }


def test_a_guest_has_settings_and_the_market_that_the_edge_told(viewer: Client) -> None:
    before = viewer.get("/me")
    assert before.status == 200, before.content
    nothing = {"analytics": False, "personalized_ads": False, "refund_information": False}
    assert (before.body["market"], before.body["auto_unlock"]) == ("US", False)
    assert before.body["consent"] == nothing
    changed = viewer.call("PATCH", "/me", SETTINGS)
    assert changed.body == before.body | {
        "auto_unlock": True,
        "consent": nothing | {"analytics": True},
    }
    assert viewer.get("/me").body == changed.body


@pytest.mark.parametrize(
    "body",
    [{"market": "BR"}, {"auto_unlock": "yes"}, {"consent": {"all": True}}, {"consent": []}, []],
)
def test_what_is_no_setting_is_refused(viewer: Client, body: object) -> None:
    refused = viewer.call("PATCH", "/me", body)
    assert (refused.status, refused.body["code"]) == (422, "invalid_payload")


def test_a_client_cannot_choose_its_market(cloud: dict[str, Any]) -> None:
    headers = {"CloudFront-Viewer-Country": "BR"}
    guest = Client(cloud["api_url"]).call("POST", "/guests", headers=headers).body
    assert Client(cloud["api_url"], guest["access_token"]).get("/me").body["market"] == "US"


def test_a_member_of_the_studio_has_an_account_too(cloud: dict[str, Any]) -> None:
    member = sign_in(cloud, group="studio")
    found = Client(cloud["api_url"], member.access_token).get("/me")
    assert (found.status, found.body["id"]) == (200, member.user_name)


def test_a_deleted_viewer_is_shut_out_everywhere(
    studio: Studio, anyone: Client, cloud: dict[str, Any], tmp_path: Path
) -> None:
    wake_the_edge_writer(cloud)
    guest = anyone.post("/guests").body
    viewer = Client(cloud["api_url"], guest["access_token"])
    viewer.call("PATCH", "/me", SETTINGS)
    drama = studio.drama()
    episode = studio.episode(drama["id"])
    clip = vertical_clip(tmp_path / "clip.mp4", seconds=2, size="360x640")
    studio.settled(studio.upload(episode["id"], clip)["id"])
    studio.publish(drama["id"], episode["id"])
    url = viewer.post(f"/episodes/{episode['id']}/playback", {}).body["url"]
    assert fetch(url).status == 200

    assert viewer.call("DELETE", "/me").status == 204
    end = time.monotonic() + 15
    while fetch(url).status != 403:
        assert time.monotonic() < end, "the edge goes on serving a deleted viewer"
        time.sleep(0.05)
    refreshed = anyone.post("/sessions/refresh", {"refresh_token": guest["refresh_token"]})
    assert (refreshed.status, refreshed.body["code"]) == (401, "refresh_refused")
    assert viewer.call("DELETE", "/me").status == 204, "a retry finds it done"

    ids = {"drama_id": drama["id"], "episode_id": episode["id"]}
    bought = {"store": "apple", "signed_transaction": "e30.e30.e30"}
    bodies = {
        "report_progress": {"items": [report(guest["viewer_id"], episode["id"])]},
        "claim_purchase": bought,
        "restore_purchases": {"purchases": [bought]},
        "merge_guest": {"guest_refresh_token": guest["refresh_token"]},
    }
    for route in ROUTES:
        if route.access is not Access.VIEWER or route.operation == "delete_me":
            continue
        body = None if route.method == "GET" else bodies.get(route.operation, {})
        answer = viewer.call(route.method, route.path.format(**ids), body)
        assert (answer.status, answer.body["code"]) == (401, "viewer_deleted"), route.operation

    table = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    left = table.get_item(
        TableName=cloud["tables"]["commerce"],
        Key={"pk": {"S": guest["viewer_id"]}, "sk": {"S": "VIEWER"}},
    )["Item"]
    assert set(left) == {"pk", "sk", "deleted_at"}
