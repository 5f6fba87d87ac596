"""What an operation may answer, for the API document: its success, and every refusal by status."""

import inspect
from collections.abc import Sequence
from typing import Any

from cliffhanger.errors import (
    Busy,
    Forbidden,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InternalError,
    InvalidPayload,
    MalformedJson,
    PayloadTooLarge,
    Problem,
    ProblemDocument,
    Unauthenticated,
)
from cliffhanger.routing import Access, Route

Json = dict[str, Any]
Names = dict[Any, str]
"""The reference to each model's schema."""

_PROBLEM_TYPE = "application/problem+json"
_DONE = {200: "Done", 201: "Created", 204: "Done, with nothing to say"}


def responses(route: Route, names: Names) -> Json:
    """Return the responses of an operation by status, as OpenAPI writes them."""
    good: Json = {"description": _DONE[route.status], "headers": _headers(route)}
    if route.answer:
        good["content"] = {"application/json": {"schema": {"$ref": names[route.answer]}}}
    found: Json = {str(route.status): good}
    by_status: dict[int, dict[str, type[Problem]]] = {}
    for problem in problems(route):
        by_status.setdefault(problem.status, {})[problem.code] = problem
    for status, refusals in sorted(by_status.items()):
        found[str(status)] = _refused(route, status, dict(sorted(refusals.items())), names)
    return found


def problems(route: Route) -> Sequence[type[Problem]]:
    """Return every refusal of a route: its own, and those that it shares with others."""
    found: list[type[Problem]] = [*route.problems, InternalError]
    if route.method != "GET":
        found.append(Busy)
    if route.access is not Access.PUBLIC:
        found.append(Unauthenticated)
    if route.access is Access.STUDIO:
        found.append(Forbidden)
    if route.takes_body:
        found += [MalformedJson, PayloadTooLarge]
    if route.takes_body or route.query:
        found.append(InvalidPayload)
    if route.idempotent:
        found += [IdempotencyKeyMissing, IdempotencyKeyReused]
    return found


def _headers(route: Route) -> Json:
    seconds = route.cache_seconds
    found = {"Cache-Control": f"public, max-age={seconds}" if seconds else "no-store"}
    if seconds:
        found["Vary"] = "accept-language"
    return {name: _header(value) for name, value in found.items()}


def _header(value: str) -> Json:
    return {"schema": {"type": "string", "const": value}}


def _refused(route: Route, status: int, refusals: dict[str, type[Problem]], names: Names) -> Json:
    schema = {
        "allOf": [
            {"$ref": names[ProblemDocument]},
            {
                "properties": {
                    "status": {"const": status},
                    "code": {"enum": list(refusals)},
                }
            },
        ]
    }
    examples = {code: _example(problem) for code, problem in refusals.items()}
    found: Json = {
        "description": ", ".join(refusals),
        "headers": {"Cache-Control": _header("no-store")},
        "content": {_PROBLEM_TYPE: {"schema": schema, "examples": examples}},
    }
    if status == Unauthenticated.status and route.access is not Access.PUBLIC:
        found["content"]["application/json"] = _gateways_own()
        del found["headers"]  # the gateway sends none
    return found


def _gateways_own() -> Json:
    """API Gateway itself refuses a token that is missing, wrong or expired, in its own words."""
    properties = {"message": {"type": "string"}}
    return {
        "schema": {"type": "object", "properties": properties, "required": ["message"]},
        "example": {"message": "Unauthorized"},
    }


def _example(problem: type[Problem]) -> Json:
    """Return a refusal as it is sent, but for the words of its detail, which fit the case."""
    said = inspect.cleandoc(problem.__doc__ or problem.title).partition("\n\n")[0]
    sent = problem.example()
    return {"summary": " ".join(said.split()), "value": sent.document()}
