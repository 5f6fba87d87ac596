"""The route table, the gateway and the functions say the same; so do tables and their spec."""

import importlib
from typing import Any

import pytest

from cliffhanger import tables
from cliffhanger.routing import Access
from functions.registry import HTTP_FUNCTIONS, ROUTES
from infra.alias import LIVE
from tests.infra.conftest import Templates, local, local_folder, prod, prod_folder, resources

__all__ = ["local", "local_folder", "prod", "prod_folder"]  # fixtures


def by_id(templates: Templates) -> dict[str, Any]:
    """Every resource of the API stack, by logical id."""
    found: dict[str, Any] = templates["api"]["Resources"]
    return found


NOWHERE = "$default"
"""What no route of the table matches leads to a function that knows none of it."""


def gateways(templates: Templates) -> list[dict[str, Any]]:
    return [one["Properties"] for one in resources(templates, "AWS::ApiGatewayV2::Route")]


def routes(templates: Templates) -> list[dict[str, Any]]:
    return [one for one in gateways(templates) if one["RouteKey"] != NOWHERE]


def function_behind(templates: Templates, route: dict[str, Any]) -> str:
    """The folder of the function that a route of the gateway leads to."""
    target = route["Target"]["Fn::Join"][1]
    (integration,) = [part["Ref"] for part in target if isinstance(part, dict)]
    alias = by_id(templates)[integration]["Properties"]["IntegrationUri"]["Ref"]
    assert by_id(templates)[alias]["Properties"]["Name"] == LIVE
    function = by_id(templates)[function_of(templates, alias)]
    handler: str = function["Properties"]["Handler"]
    return handler.partition(".")[0]


def function_of(templates: Templates, alias: str) -> str:
    """The logical id of the function that an alias belongs to."""
    name: str = by_id(templates)[alias]["Properties"]["FunctionName"]["Ref"]
    return name


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_gateway_has_the_routes_of_the_table_and_no_other(
    request: pytest.FixtureRequest, stage: str
) -> None:
    templates = request.getfixturevalue(stage)
    found = routes(templates)
    (nowhere,) = [one for one in gateways(templates) if one not in found]
    assert nowhere["AuthorizationType"] == "NONE"
    told = {(one["RouteKey"], one["AuthorizationType"]) for one in found}
    assert len(found) == len(ROUTES)
    assert told == {
        (f"{route.method} {route.full_path}", "NONE" if route.access is Access.PUBLIC else "JWT")
        for route in ROUTES
    }


def test_a_route_that_is_not_public_has_the_authorizer_of_our_users_and_app(
    prod: Templates,
) -> None:
    ((name, authorizer),) = [
        (name, one["Properties"])
        for name, one in by_id(prod).items()
        if one["Type"] == "AWS::ApiGatewayV2::Authorizer"
    ]
    for route in routes(prod):
        wanted = {"Ref": name} if route["AuthorizationType"] == "JWT" else None
        assert route.get("AuthorizerId") == wanted, route["RouteKey"]
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    issuer = authorizer["JwtConfiguration"]["Issuer"]["Fn::Join"][1]
    assert issuer[0] == "https://cognito-idp.us-east-1.amazonaws.com/"
    assert "Viewers" in issuer[1]["Fn::ImportValue"]
    (audience,) = authorizer["JwtConfiguration"]["Audience"]
    assert "ViewersApp" in audience["Fn::ImportValue"]


def test_what_stands_nowhere_is_answered_by_a_function_that_may_only_read_the_catalogue(
    prod: Templates,
) -> None:
    (nowhere,) = [one for one in gateways(prod) if one["RouteKey"] == NOWHERE]
    assert function_behind(prod, nowhere) == "catalog"
    assert NOWHERE not in {f"{one.method} {one.full_path}" for one in ROUTES}


def test_a_route_leads_to_the_function_that_has_it_in_its_table(prod: Templates) -> None:
    found = {route["RouteKey"]: function_behind(prod, route) for route in routes(prod)}
    assert found == {
        f"{route.method} {route.full_path}": function.name
        for function in HTTP_FUNCTIONS
        for route in function.routes
    }


def test_the_gateway_may_call_every_function_behind_it_and_no_other(prod: Templates) -> None:
    called = {
        function_of(prod, one["Properties"]["FunctionName"]["Ref"])
        for one in by_id(prod).values()
        if one["Type"] == "AWS::Lambda::Permission"
        and one["Properties"]["Principal"] == "apigateway.amazonaws.com"
    }
    handlers = {by_id(prod)[name]["Properties"]["Handler"].partition(".")[0] for name in called}
    assert handlers == {function.name for function in HTTP_FUNCTIONS}


@pytest.mark.parametrize("name", [one.name for one in HTTP_FUNCTIONS])
def test_every_route_leads_to_an_operation_and_every_operation_has_a_route(name: str) -> None:
    assert importlib.import_module(f"functions.{name}.handler").handler.unbound == set()


def test_the_gateway_is_throttled_and_keeps_a_log_that_names_the_request(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    told = stage["Properties"]
    assert told["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert told["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
    assert "$context.requestId" in told["AccessLogSettings"]["Format"]
    log = told["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0]
    assert by_id(prod)[log]["Properties"]["RetentionInDays"] <= 365


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_tables_are_those_of_the_spec(request: pytest.FixtureRequest, stage: str) -> None:
    templates: Templates = request.getfixturevalue(stage)
    found = {
        logical_id[:-8]: one["Properties"]
        for logical_id, one in templates["data"]["Resources"].items()
        if one["Type"] == "AWS::DynamoDB::GlobalTable"
    }
    assert set(found) == {f"{spec.name.capitalize()}Table" for spec in tables.TABLES}
    for spec in tables.TABLES:
        table = found[f"{spec.name.capitalize()}Table"]
        assert keys(table) == [tables.PK, tables.SK]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"] == {
            "AttributeName": tables.TTL,
            "Enabled": True,
        }
        indexes = table.get("GlobalSecondaryIndexes", [])
        assert {one["IndexName"]: keys(one) for one in indexes} == {
            one.name: [one.partition_key, one.sort_key] for one in spec.indexes
        }
        own = table.get("LocalSecondaryIndexes", [])
        assert {one["IndexName"]: (*keys(one), *carried(one)) for one in own} == {
            one.name: (tables.PK, one.sort_key, *one.carries) for one in spec.local_indexes
        }
        assert {one["AttributeType"] for one in table["AttributeDefinitions"]} == {"S"}


def carried(index: dict[str, Any]) -> list[str]:
    """What an index holds besides keys."""
    assert index["Projection"]["ProjectionType"] == "INCLUDE"
    held: list[str] = index["Projection"]["NonKeyAttributes"]
    return held


def keys(described: dict[str, Any]) -> list[str]:
    """The attributes of a key: the partition's, then the sort key."""
    assert [one["KeyType"] for one in described["KeySchema"]] == ["HASH", "RANGE"]
    return [one["AttributeName"] for one in described["KeySchema"]]
