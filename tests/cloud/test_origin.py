"""The API answers its edge alone: who finds the gateway's own address gets nothing there."""

from typing import Any

import pytest

from cliffhanger.origin import HEADER
from cliffhanger.routing import Route
from functions.registry import ROUTES
from local.aws import client, sign_in
from tests.client import Client, fetch
from tests.cloud.test_who_may import name_of, path_of


@pytest.fixture(scope="module")
def around(cloud: dict[str, Any]) -> str:
    """The gateway's own address, as AWS gives it to everyone."""
    gateway = client("apigatewayv2", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    (api,) = gateway.get_apis()["Items"]
    return f"{cloud['aws_endpoint_url']}/_aws/execute-api/{api['ApiId']}/$default/v1"


@pytest.fixture(scope="module")
def studio_token(cloud: dict[str, Any]) -> str:
    return sign_in(cloud, group="studio").access_token


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_a_call_around_the_edge_is_refused_on_every_route(
    around: str, studio_token: str, route: Route
) -> None:
    straight = Client(around, studio_token)
    answer = straight.call(route.method, path_of(route), {}, headers={HEADER: "guessed"})
    assert (answer.status, answer.body["code"]) == (403, "not_from_the_edge")


def test_the_edge_puts_its_own_word_in_place_of_what_a_client_claims(
    anyone: Client, around: str
) -> None:
    assert anyone.get("/dramas", **{HEADER: "guessed"}).status == 200
    assert fetch(around + "/dramas").status == 403


def test_a_notification_around_the_edge_is_refused_before_it_is_looked_at(around: str) -> None:
    answer = Client(around).post("/stores/apple/notifications", {"signedPayload": "a.b.c"})
    assert (answer.status, answer.body["code"]) == (403, "not_from_the_edge")
