"""Deny by default: what each kind of caller is answered at the gateway and behind it."""

from typing import Any

import pytest

from cliffhanger.routing import Access, Route
from functions.registry import ROUTES
from tests.client import Client, fetch

IDS = {
    "drama_id": "drm_01JD0000000000000000000000",
    "episode_id": "ep_01JD0000000000000000000000",
    "upload_id": "upl_01JD0000000000000000000000",
    "asset_id": "ast_01JD0000000000000000000000",
    "language": "en",
    "product_id": "coins-100",
    "viewer_id": "vwr_01JD0000000000000000000000",
}
GUARDED = [route for route in ROUTES if route.access is not Access.PUBLIC]
STUDIO = [route for route in ROUTES if route.access is Access.STUDIO]


def path_of(route: Route) -> str:
    return route.path.format(**IDS)


def name_of(route: Route) -> str:
    return route.operation


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_nobody_gets_in_without_a_token(anyone: Client, route: Route) -> None:
    assert anyone.call(route.method, path_of(route), {}).status == 401


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_nobody_gets_in_with_a_forged_token(
    cloud: dict[str, Any], viewer: Client, route: Route
) -> None:
    assert viewer.token is not None
    head, payload, signature = viewer.token.split(".")
    forged = f"{head}.{payload}.{signature[:-4]}AAAA"
    assert Client(cloud["api_url"], forged).call(route.method, path_of(route), {}).status == 401


@pytest.mark.parametrize("route", STUDIO, ids=name_of)
def test_a_viewer_does_not_work_for_the_studio(viewer: Client, route: Route) -> None:
    answer = viewer.call(route.method, path_of(route), {})
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_session_goes_on_with_its_refresh_token(anyone: Client, cloud: dict[str, Any]) -> None:
    guest = anyone.post("/guests").body
    fresh = anyone.post("/sessions/refresh", {"refresh_token": guest["refresh_token"]})
    assert fresh.status == 200, fresh.content
    shelf = anyone.get("/dramas").body["items"]
    renewed = Client(cloud["api_url"], fresh.body["access_token"])
    assert renewed.get(f"/dramas/{shelf[0]['id']}/access").status == 200


def test_a_made_up_refresh_token_is_refused(anyone: Client) -> None:
    refused = anyone.post("/sessions/refresh", {"refresh_token": "made-up"})
    assert (refused.status, refused.body["code"]) == (401, "refresh_refused")


def test_the_bucket_itself_lets_nobody_read(cloud: dict[str, Any]) -> None:
    base = f"{cloud['aws_endpoint_url']}/{cloud['buckets']['media']}"
    assert fetch(base).status == 403
    assert fetch(f"{base}/media/x/1/1/index.m3u8").status == 403
