"""Deny by default: what each kind of caller is answered at the gateway and behind it."""

from typing import Any

import jwt
import pytest

from cliffhanger.routing import Access, Route
from functions.registry import ROUTES
from tests.client import Client, fetch
from tests.cloud import tokens

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


WRONG = (
    "expired",
    "not valid yet",
    "of a foreign issuer",
    "of a foreign client",
    "an ID token",
    "of no use",
    "of nobody",
    "changed after it was signed",
    "signed by nobody",
    "signed with the public key as a secret",
    "with a signature cut short",
    "of another pool",
    "a refresh token",
)


@pytest.fixture(scope="module")
def wrong(cloud: dict[str, Any]) -> dict[str, str]:
    """Tokens that open nothing, by what is wrong with them."""
    guest = Client(cloud["api_url"]).post("/guests").body
    return {
        **tokens.wrong_tokens(cloud, guest["access_token"]),
        "of another pool": tokens.of_another_pool(cloud),
        "a refresh token": guest["refresh_token"],
    }


@pytest.mark.parametrize("kind", WRONG)
def test_nobody_gets_in_with_a_token(
    cloud: dict[str, Any], wrong: dict[str, str], kind: str
) -> None:
    assert set(wrong) == set(WRONG)
    client = Client(cloud["api_url"], wrong[kind])
    opened = [
        route.operation
        for route in GUARDED
        if client.call(route.method, path_of(route), {}).status != 401
    ]
    assert opened == []


def test_the_tokens_are_wrong_in_one_point_alone(cloud: dict[str, Any], viewer: Client) -> None:
    assert viewer.token is not None
    claims = jwt.decode(viewer.token, options={"verify_signature": False})
    again = Client(cloud["api_url"], tokens.sign(cloud, viewer.token, claims))
    assert again.get("/me").status == 200


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


def test_an_odd_id_is_refused_by_the_api_and_by_nobody_before_it(viewer: Client) -> None:
    answer = viewer.call("POST", "/studio/dramas/a%5Cb/publish", {})
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
