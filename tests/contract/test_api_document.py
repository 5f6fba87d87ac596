"""docs/openapi.json is what the route table makes, and it is what the functions answer."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from cliffhanger.errors import Problem, RouteNotFound
from cliffhanger.origin import NotFromTheEdge
from cliffhanger.routing import Access, Route
from functions.api_document import FILE, text
from functions.api_examples import BODIES
from functions.api_responses import problems
from functions.api_texts import read_texts
from functions.registry import HTTP_FUNCTIONS, ROUTES
from tests.contract.sources import modules

EACH = pytest.mark.parametrize("route", ROUTES, ids=[one.operation for one in ROUTES])
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def operation(document: dict[str, Any], route: Route) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][route.full_path][route.method.lower()]
    return found


def parameters(document: dict[str, Any], route: Route, place: str) -> dict[str, Any]:
    found = operation(document, route)["parameters"]
    return {one["name"]: one for one in found if one["in"] == place}


def test_the_document_is_what_the_code_makes() -> None:
    assert FILE.read_text() == text(), "run `make openapi`"


def test_the_document_is_good_openapi(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_schemas_have_the_names_of_their_models_and_all_are_used(document: dict[str, Any]) -> None:
    names = set(document["components"]["schemas"])
    assert {"PublicDramaPage", "PublicEpisodePage", "ProblemDocument"} <= names
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in names)
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert used == names


def test_the_document_has_the_routes_of_the_table_and_no_other(document: dict[str, Any]) -> None:
    found = {
        (method.upper(), path, one["operationId"], one["x-access"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }
    assert found == {
        (route.method, route.full_path, route.operation, route.access.value) for route in ROUTES
    }


def test_no_two_operations_have_the_same_name() -> None:
    assert len({route.operation for route in ROUTES}) == len(ROUTES)


@EACH
def test_it_says_who_may_call(document: dict[str, Any], route: Route) -> None:
    public = route.access is Access.PUBLIC
    assert operation(document, route)["security"] == ([] if public else [{"token": []}])
    assert ("401" in operation(document, route)["responses"]) >= (not public)
    refuses = route.access is Access.STUDIO or any(one.status == 403 for one in route.problems)
    assert ("403" in operation(document, route)["responses"]) == refuses


@EACH
def test_it_says_what_goes_in(document: dict[str, Any], route: Route) -> None:
    path = parameters(document, route, "path")
    assert tuple(path) == route.parameters
    for one in path.values():
        assert one["required"]
        assert one["schema"]["pattern"].startswith("^")
    fields = set(route.query.model_fields) if route.query else set()
    assert set(parameters(document, route, "query")) == fields
    assert ("requestBody" in operation(document, route)) == (route.body is not None)


BODIED = [one for one in ROUTES if one.body]


@pytest.mark.parametrize("route", BODIED, ids=[one.operation for one in BODIED])
def test_its_example_of_a_body_is_one_that_the_route_takes(
    document: dict[str, Any], route: Route
) -> None:
    sent = operation(document, route)["requestBody"]["content"]["application/json"]["example"]
    assert route.body
    route.body.model_validate(sent)


def test_every_text_and_every_example_belongs_to_an_operation() -> None:
    operations = {route.operation for route in ROUTES}
    assert set(read_texts().operations) <= operations
    assert set(read_texts().groups) == {function.name for function in HTTP_FUNCTIONS}
    assert set(BODIES) == {route.operation for route in BODIED}


@EACH
def test_it_asks_for_an_idempotency_key_where_one_is_needed(
    document: dict[str, Any], route: Route
) -> None:
    key = parameters(document, route, "header").get("Idempotency-Key")
    assert (key is not None) == route.idempotent
    assert key is None or key["required"]


@EACH
def test_it_lists_every_refusal_of_the_route_as_it_is_sent(
    document: dict[str, Any], route: Route
) -> None:
    answers = operation(document, route)["responses"]
    for problem in problems(route):
        media = answers[str(problem.status)]["content"][PROBLEM]
        told = media["examples"][problem.code]["value"]
        assert told["code"] == problem.code
        assert told["status"] == problem.status
        constraint = media["schema"]["allOf"][1]["properties"]
        assert problem.code in constraint["code"]["enum"]
    refused = {int(status) for status in answers if int(status) >= 400}
    assert refused == {problem.status for problem in problems(route)}


@EACH
def test_it_says_how_long_an_answer_may_be_kept(document: dict[str, Any], route: Route) -> None:
    answers = operation(document, route)["responses"]
    kept = answers[str(route.status)]["headers"]["Cache-Control"]["schema"]["const"]
    wanted = f"public, max-age={route.cache_seconds}" if route.cache_seconds else "no-store"
    assert kept == wanted
    assert not (route.cache_seconds and route.access is not Access.PUBLIC), "one cache for all"


def test_what_was_made_leads_on(document: dict[str, Any]) -> None:
    made = {
        route.operation: operation(document, route)["responses"]["201"].get("links")
        for route in ROUTES
        if route.status == 201
    }
    assert made["start_upload"]["complete_upload"] == {
        "operationId": "complete_upload",
        "parameters": {"upload_id": "$response.body#/id"},
    }
    assert made["create_episode"]["publish_episode"]["parameters"] == {
        "drama_id": "$response.body#/drama_id",
        "episode_id": "$response.body#/id",
    }
    assert "get_asset" in made["start_upload"]
    assert made["revoke"] is None, "nothing can be done with a revocation"


def every(problem: type[Problem]) -> Iterator[type[Problem]]:
    for one in problem.__subclasses__():
        yield one
        yield from every(one)


@pytest.fixture(scope="module")
def refusals() -> list[type[Problem]]:
    """Every refusal that stands in the code. One without a code of its own looks as its parent."""
    for name in modules():
        importlib.import_module(name)
    found = [one for one in every(Problem) if one.__module__.startswith("cliffhanger.")]
    return [one for one in found if "code" in vars(one)]


def test_every_refusal_in_the_code_is_in_the_document(refusals: list[type[Problem]]) -> None:
    listed = {problem for route in ROUTES for problem in problems(route)}
    hidden = {RouteNotFound, NotFromTheEdge}
    assert set(refusals) - listed == hidden, "the gateway and the edge let no client see those"


def test_no_two_refusals_share_a_code(refusals: list[type[Problem]]) -> None:
    assert len({one.code for one in refusals}) == len(refusals)
