"""A body that is larger than any good call of its route is refused before it is read."""

import base64
import importlib
from typing import Any

import pytest

from cliffhanger.routing import Route
from functions.registry import HTTP_FUNCTIONS
from tests.unit.gateway import Answer, event

TAKING = [
    (spec.name, route) for spec in HTTP_FUNCTIONS for route in spec.routes if route.takes_body
]
EACH = pytest.mark.parametrize(
    ("function", "route"), TAKING, ids=[route.operation for _, route in TAKING]
)
GATEWAY_BYTES = 6 * 1024 * 1024
"""What Lambda takes of one call."""


def send(function: str, route: Route, body: str, *, encoded: bool = False) -> Answer:
    """What a member of the studio is answered, who may call every route."""
    handler: Any = importlib.import_module(f"functions.{function}.handler").handler
    sent = event(
        f"{route.method} {route.full_path}",
        groups="[studio]",
        path=dict.fromkeys(route.parameters, "x") or None,
    )
    sent |= {"body": body, "isBase64Encoded": encoded}
    answer = handler(sent, None)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


@EACH
@pytest.mark.parametrize("encoded", [False, True], ids=["as text", "as base64"])
def test_one_byte_too_much_is_refused(function: str, route: Route, encoded: bool) -> None:
    for spare in (1, 2, 3):
        body = "x" * (route.body_bytes + spare)
        text = base64.b64encode(body.encode()).decode() if encoded else body
        answer = send(function, route, text, encoded=encoded)
        assert (answer.status, answer.body["code"]) == (413, "payload_too_large")
        assert str(route.body_bytes) in answer.body["detail"]


@EACH
@pytest.mark.parametrize("encoded", [False, True], ids=["as text", "as base64"])
def test_the_largest_body_is_read(function: str, route: Route, encoded: bool) -> None:
    body = "x" * route.body_bytes
    text = base64.b64encode(body.encode()).decode() if encoded else body
    answer = send(function, route, text, encoded=encoded)
    assert answer.body["code"] == "malformed_json"


def test_bytes_are_counted_and_not_letters() -> None:
    (spec, route) = next(one for one in TAKING if one[1].operation == "refresh_session")
    assert send(spec, route, "é" * (route.body_bytes // 2 + 1)).status == 413
    assert send(spec, route, "é" * (route.body_bytes // 2)).status == 400


def test_no_limit_is_above_what_lambda_takes() -> None:
    assert max(route.body_bytes for _, route in TAKING) < GATEWAY_BYTES
