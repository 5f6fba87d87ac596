"""The gateway's throttles: one for all routes, and one of its own for what costs a sign-up."""

from tests.infra.conftest import Templates, resources


def test_guests_are_throttled_at_what_the_user_pool_takes(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    settings = stage["Properties"]["RouteSettings"]
    assert settings == {"POST /v1/guests": {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}}


def test_the_throttle_of_a_route_is_set_after_the_route_is_there(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    routes = {
        name: one["Properties"]["RouteKey"]
        for name, one in prod["api"]["Resources"].items()
        if one["Type"] == "AWS::ApiGatewayV2::Route"
    }
    waited_for = {routes[name] for name in stage["DependsOn"] if name in routes}
    assert "POST /v1/guests" in waited_for
