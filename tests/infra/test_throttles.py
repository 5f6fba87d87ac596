"""The gateway's throttles: one for all routes, and one of its own for what costs money."""

import pytest

from cliffhanger.routing import Route
from functions.registry import ROUTES
from tests.infra.conftest import Templates, resources

COSTING = {
    # a user of the pool, or a question to it
    "create_guest": 50,
    "refresh_session": 100,
    "delete_me": 20,
    "merge_guest": 20,
    # a question to a store, or a signature to verify
    "claim_purchase": 100,
    "restore_purchases": 20,
    "take_apple_notification": 200,
    "take_google_notification": 200,
    # a signature of KMS
    "get_entitlements": 500,
    "get_statement_keys": 100,
    # storage, and minutes of the transcoder
    "start_upload": 20,
    "sign_parts": 20,
    "complete_upload": 20,
    "put_captions": 20,
}


def test_what_costs_money_or_asks_a_store_has_a_throttle_of_its_own() -> None:
    assert {one.operation: one.per_second for one in ROUTES if one.per_second} == COSTING


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.per_second], ids=lambda one: one.operation
)
def test_the_gateway_has_the_throttle_of_the_table(prod: Templates, route: Route) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    settings = stage["Properties"]["RouteSettings"]
    own = {f"{one.method} {one.full_path}" for one in ROUTES if one.per_second}
    assert set(settings) == own | {"$default"}
    assert settings[f"{route.method} {route.full_path}"] == {
        "ThrottlingRateLimit": route.per_second,
        "ThrottlingBurstLimit": 2 * route.per_second,
    }


def test_everything_else_has_the_throttle_of_the_whole(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    assert stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"] == 2000


def test_the_throttle_of_a_route_is_set_after_the_route_is_there(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    routes = {
        name: one["Properties"]["RouteKey"]
        for name, one in prod["api"]["Resources"].items()
        if one["Type"] == "AWS::ApiGatewayV2::Route"
    }
    waited_for = {routes[name] for name in stage["DependsOn"] if name in routes}
    assert set(stage["Properties"]["RouteSettings"]) <= waited_for
