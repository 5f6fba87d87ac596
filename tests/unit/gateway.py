"""The gateway in front of the functions: its events, and what a client sees of the answers."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cliffhanger import origin
from cliffhanger.ids import new

EDGE = {origin.HEADER: "what the edge of the tests sends"}
VIEWER = "vwr_01JD0000000000000000000000"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


def event(
    route: str,
    body: object = None,
    *,
    groups: str | list[str] | None = None,
    claims: Mapping[str, Any] | None = None,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    raw: bytes | None = None,
) -> dict[str, Any]:
    """An event of the HTTP API, payload format 2.0. `claims` of None is a call without a token."""
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "headers": EDGE | {"idempotency-key": new("key")} | dict(headers or {}),
        "requestContext": {"requestId": "request-1"},
        "isBase64Encoded": raw is not None,
    }
    if path:
        made["pathParameters"] = dict(path)
    if query:
        made["queryStringParameters"] = dict(query)
    if raw is not None:
        made["body"] = base64.b64encode(raw).decode()
    elif body is not None:
        made["body"] = json.dumps(body)
    if claims is None and groups is not None:
        claims = {"token_use": "access", "username": "vwr_1", "cognito:groups": groups}
    if claims is not None:
        made["requestContext"]["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    return made


Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def call(handler: Handler, *args: Any, **kwargs: Any) -> Answer:
    """What a client would see of one call."""
    answer = handler(event(*args, **kwargs), None)
    return Answer(answer["statusCode"], answer["headers"], answer.get("body", ""))


def studio(handler: Handler, route: str, body: object = None, **kwargs: Any) -> Answer:
    """The same as a member of the studio."""
    return call(handler, route, body, groups="[studio]", **kwargs)


def viewer(handler: Handler, route: str, body: object = None, **kwargs: Any) -> Answer:
    """The same as a viewer, who is in no group: the gateway leaves that claim out."""
    claims = {"token_use": "access", "username": VIEWER}
    return call(handler, route, body, claims=claims, **kwargs)
