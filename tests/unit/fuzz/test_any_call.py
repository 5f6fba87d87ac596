"""Whatever is sent to whichever route: an answer that the API document has, and never our fault."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import openapi

from cliffhanger import ids
from cliffhanger.routing import Access, Route
from functions.api_document import FILE
from functions.api_responses import problems
from functions.registry import HTTP_FUNCTIONS
from tests.unit.fuzz.anything import CURSORS, IDS, WORDS, anything, tried
from tests.unit.gateway import call

DOCUMENT = openapi.from_path(FILE)
FUNCTIONS = [function.name for function in HTTP_FUNCTIONS]
HEADERS = ("accept-language", "authorization", "cloudfront-viewer-country", "idempotency-key")
TIMES = 20

Call = dict[str, Any]


def bodies(route: Route) -> st.SearchStrategy[Any]:
    """Bodies of the right shape, of another shape, and with something strange in one place."""
    if route.body is None:
        return st.none()
    operation = DOCUMENT[route.full_path][route.method]
    sent = operation.as_strategy().map(lambda case: case.body)
    # A body may be left out, or be a file as it is: those have tests of their own.
    right = sent.map(lambda body: body if isinstance(body, dict) else {})
    names = st.sampled_from(sorted(route.body.model_fields)) | WORDS
    strange = st.dictionaries(names, anything, min_size=1, max_size=5)
    mixed = st.builds(lambda one, other: {**one, **other}, right, strange)
    return right | strange | mixed | anything


def calls(route: Route) -> st.SearchStrategy[Call]:
    asked = st.sampled_from(sorted(route.query.model_fields)) if route.query else WORDS
    path = {name: (IDS | WORDS).filter(bool) for name in route.parameters}
    return st.fixed_dictionaries(
        {
            "body": bodies(route),
            "path": st.fixed_dictionaries(path),
            "query": st.dictionaries(asked, CURSORS | st.integers().map(str), max_size=3),
            "headers": st.dictionaries(st.sampled_from(HEADERS), WORDS, max_size=4),
        }
    )


def attack(function: str, route: Route) -> None:
    handler = importlib.import_module(f"functions.{function}.handler").handler
    promised = {(one.status, one.code) for one in problems(route)} - {(500, "internal_error")}
    promised |= {(404, "route_not_found")}  # an id that is too long, which the gateway lets pass

    @tried(TIMES)
    @given(sent=calls(route))
    def answered(sent: Call) -> None:
        claims: Call = {"token_use": "access", "username": ids.new("vwr")}
        if route.access is Access.STUDIO:
            claims["cognito:groups"] = "[studio]"
        body = sent.pop("body")
        answer = call(handler, f"{route.method} {route.full_path}", body, claims=claims, **sent)
        if answer.status != route.status:
            assert (answer.status, answer.body["code"]) in promised, answer.text

    answered()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_call_at_all_is_our_fault(whole: object, function: str) -> None:
    (spec,) = (one for one in HTTP_FUNCTIONS if one.name == function)
    for route in spec.routes:
        attack(function, route)
