"""The route table, the gateway and the API document say the same; so do tables and their spec."""

import importlib
import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from cliffhanger import tables
from cliffhanger.routing import Access
from functions.api_document import FILE, text
from functions.registry import HTTP_FUNCTIONS, ROUTES
from tests.infra.conftest import Templates, local, local_folder, prod, prod_folder, resources

__all__ = ["local", "local_folder", "prod", "prod_folder"]  # fixtures


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def test_the_document_is_what_the_code_makes(document: dict[str, Any]) -> None:
    assert FILE.read_text() == text(), "run `make openapi`"
    validate(document)


def test_the_gateway_has_the_routes_of_the_table_and_no_other(prod: Templates) -> None:
    found = {
        (one["Properties"]["RouteKey"], one["Properties"]["AuthorizationType"] == "JWT")
        for one in resources(prod, "AWS::ApiGatewayV2::Route")
    }
    assert found == {
        (f"{route.method} {route.full_path}", route.access is not Access.PUBLIC) for route in ROUTES
    }


def test_the_document_has_the_routes_of_the_table_and_no_other(document: dict[str, Any]) -> None:
    found = {
        (method.upper(), path, one["operationId"], one["x-access"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }
    assert found == {
        (route.method, route.full_path, route.operation, route.access.value) for route in ROUTES
    }


@pytest.mark.parametrize("name", [one.name for one in HTTP_FUNCTIONS])
def test_every_route_leads_to_an_operation_and_every_operation_has_a_route(name: str) -> None:
    assert importlib.import_module(f"functions.{name}.handler").handler.unbound == set()


def test_the_gateway_is_throttled_and_keeps_a_log(prod: Templates) -> None:
    (stage,) = resources(prod, "AWS::ApiGatewayV2::Stage")
    assert stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert "$context.requestId" in stage["Properties"]["AccessLogSettings"]["Format"]


def test_the_tables_are_those_of_the_spec(prod: Templates, local: Templates) -> None:
    for templates in (prod, local):
        found = [one["Properties"] for one in resources(templates, "AWS::DynamoDB::GlobalTable")]
        assert len(found) == len(tables.TABLES)
        for spec, table in zip(tables.TABLES, found, strict=True):
            assert keys(table) == [tables.PK, tables.SK]
            assert table["TimeToLiveSpecification"]["AttributeName"] == tables.TTL
            assert {
                one["IndexName"]: keys(one) for one in table.get("GlobalSecondaryIndexes", [])
            } == {one.name: [one.partition_key, one.sort_key] for one in spec.indexes}


def keys(described: dict[str, Any]) -> list[str]:
    return [one["AttributeName"] for one in described["KeySchema"]]
