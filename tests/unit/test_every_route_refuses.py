"""Every guarded route of the table, through its own handler: whom our code refuses.

The gateway has verified signature, time, issuer and client by then; what is left is ours.
"""

import importlib
from typing import Any

import pytest

from cliffhanger.routing import Access, Route
from functions.registry import HTTP_FUNCTIONS
from tests.unit.gateway import Handler, call

GUARDED = [
    pytest.param(function.name, route, id=route.operation)
    for function in HTTP_FUNCTIONS
    for route in function.routes
    if route.access is not Access.PUBLIC
]
STUDIO = [one for one in GUARDED if one.values[1].access is Access.STUDIO]  # type: ignore[union-attr]

NO_ACCESS_TOKEN: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"token_use": "id", "username": "vwr_1", "cognito:groups": "[studio]"},
    {"token_use": "refresh", "username": "vwr_1", "cognito:groups": "[studio]"},
    {"token_use": ["access"], "username": "vwr_1", "cognito:groups": "[studio]"},
    {"token_use": "access", "cognito:groups": "[studio]"},
    {"token_use": "access", "username": "", "cognito:groups": "[studio]"},
    {"username": "vwr_1", "cognito:groups": "[studio]"},
)
NO_STUDIO = (
    None,
    "",
    "[]",
    "studio",
    "[Studio]",
    "[STUDIO]",
    "[studio-guests]",
    "[studio-x]",
    "[x-studio]",
    "[a notstudio]",
    "[studio;operators]",
    '["studio"]',
    "[[studio]]",
    "studio operators",
    "[studio operators",
    "studio operators]",
    "(studio)",
    "[stud\u0131o]",
    "[studio\u200b]",
    ["studio operators"],
    ["studio-x", "Studio", " studio", "operators,studio"],
    {"studio": True},
    True,
)


def handler_of(function: str) -> Handler:
    found: Handler = importlib.import_module(f"functions.{function}.handler").handler
    return found


def refusal(function: str, route: Route, claims: Any) -> tuple[int, str]:
    path = dict.fromkeys(route.parameters, "x")
    answer = call(
        handler_of(function), f"{route.method} {route.full_path}", {}, claims=claims, path=path
    )
    return answer.status, answer.body["code"]


@pytest.mark.parametrize(("function", "route"), GUARDED)
def test_a_route_opens_to_an_access_token_alone(function: str, route: Route) -> None:
    for claims in NO_ACCESS_TOKEN:
        assert refusal(function, route, claims) == (401, "unauthenticated"), claims


@pytest.mark.parametrize(("function", "route"), STUDIO)
def test_a_route_of_the_studio_opens_to_its_group_alone(function: str, route: Route) -> None:
    for groups in NO_STUDIO:
        claims = {"token_use": "access", "username": "studio", "cognito:groups": groups}
        assert refusal(function, route, claims) == (403, "forbidden"), groups


def test_there_are_routes_of_both_kinds() -> None:
    assert 0 < len(STUDIO) < len(GUARDED)
