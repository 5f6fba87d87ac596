"""From an HTTP API event to one operation and back. The gateway has matched the route already."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from cliffhanger import correlation, dynamo, origin, payloads
from cliffhanger import principal as principals
from cliffhanger.errors import (
    Busy,
    IdempotencyKeyMissing,
    InternalError,
    Problem,
    RouteNotFound,
    Unauthenticated,
)
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.log import logger
from cliffhanger.payloads import Event
from cliffhanger.principal import Principal
from cliffhanger.routing import Access, Route

P = TypeVar("P")
Answer = dict[str, Any]

_LONGEST_ID = 128  # characters; DynamoDB refuses a key of more than 2,048 bytes


@dataclass(frozen=True)
class Call(Generic[P]):
    """One call of an operation. `payload` is the body of a write, the query of a read."""

    payload: P
    path: Mapping[str, str]
    headers: Mapping[str, str]
    principal: Principal | None
    idempotency_key: IdempotencyKey | None

    @property
    def caller(self) -> Principal:
        """The caller of a route that is not public."""
        if self.principal is None:
            raise Unauthenticated("Send an access token as `Authorization: Bearer ...`.")
        return self.principal

    @property
    def idempotency(self) -> IdempotencyKey:
        """The key of a route that is marked idempotent."""
        if self.idempotency_key is None:
            raise IdempotencyKeyMissing("Send a fresh Idempotency-Key, and the same on a retry.")
        return self.idempotency_key


class Api:
    """The HTTP side of one function: its routes, and the operations bound to them by name."""

    def __init__(self, routes: Sequence[Route]) -> None:
        """Take the function's own part of the route table."""
        self._routes = {f"{route.method} {route.full_path}": route for route in routes}
        self._operations: dict[str, Callable[[Call[Any]], BaseModel | None]] = {}

    @property
    def unbound(self) -> set[str]:
        """The operations of the table that no code answers, and those that no route reaches."""
        return {route.operation for route in self._routes.values()} ^ set(self._operations)

    def operation(
        self, handler: Callable[[Call[P]], BaseModel | None]
    ) -> Callable[[Call[P]], BaseModel | None]:
        """Bind a function to the route that names it."""
        self._operations[handler.__name__] = handler
        return handler

    def __call__(self, event: Event, context: Any) -> Answer:
        """Answer one event. Every refusal becomes problem+json; one line is logged a call."""
        request_id = event["requestContext"].get("requestId")
        with correlation.of(correlation.of_request(event.get("headers") or {}, request_id)):
            return self._logged(event, context, request_id)

    def _logged(self, event: Event, context: Any, request_id: str | None) -> Answer:
        started = time.perf_counter()
        route = self._routes.get(event["routeKey"])
        try:
            answer = self._answer(route, event)
        except Problem as refused:
            refused.count()
            answer = render(refused)
            reason: dict[str, Any] = {"code": refused.code}
        except Exception as error:  # noqa: BLE001 - logged, and answered as our fault
            logger().exception("unhandled", operation=route.operation if route else None)
            problem = _unforeseen(error)
            answer, reason = render(problem), {"code": problem.code}
        else:
            reason = {}
        logger().info(
            route.operation if route else "none",
            status=answer["statusCode"],
            ms=round((time.perf_counter() - started) * 1000, 1),
            request_id=request_id,
            lambda_request_id=getattr(context, "aws_request_id", None),
            **reason,
        )
        return answer

    def _answer(self, route: Route | None, event: Event) -> Answer:
        headers = event.get("headers") or {}
        origin.require_edge(headers)
        if route is None:
            raise RouteNotFound("See the API document for what stands where.")
        caller = None
        if route.access is not Access.PUBLIC:
            caller = principals.from_event(event)
            if route.access is Access.STUDIO:
                principals.require_studio(caller)
        path = _path(route, event)
        payload, text = payloads.read(route, event)
        call: Call[Any] = Call(
            payload=payload,
            path=path,
            headers=headers,
            principal=caller,
            idempotency_key=_idempotency_key(route, headers, caller, json.dumps([path, text])),
        )
        result = self._operations[route.operation](call)
        return _success(route, result)


def _unforeseen(error: Exception) -> Problem:
    if dynamo.is_throttled(error):
        return Busy("Try again in a moment, with the same Idempotency-Key if you sent one.")
    return InternalError("Try again. If it goes on, tell us the request id.")


def render(problem: Problem) -> Answer:
    """Return a refusal as an answer, never to be cached."""
    return {
        "statusCode": problem.status,
        "headers": {"content-type": "application/problem+json", "cache-control": "no-store"},
        "body": json.dumps(problem.document()),
    }


def _success(route: Route, result: BaseModel | None) -> Answer:
    cache = "no-store"
    headers = {"content-type": "application/json"}
    if route.cache_seconds:
        cache = f"public, max-age={route.cache_seconds}"
        headers["vary"] = "accept-language"
    headers["cache-control"] = cache
    if result is None:
        return {"statusCode": 204, "headers": {"cache-control": cache}}
    return {"statusCode": route.status, "headers": headers, "body": result.model_dump_json()}


def _path(route: Route, event: Event) -> dict[str, str]:
    found = event.get("pathParameters") or {}
    if any(len(found[name]) > _LONGEST_ID for name in route.parameters):
        raise RouteNotFound("No id is that long.")
    return {name: found[name] for name in route.parameters}


def _idempotency_key(
    route: Route, headers: Mapping[str, str], caller: Principal | None, sent: str
) -> IdempotencyKey | None:
    key = headers.get("idempotency-key", "")
    if caller is None or not (key or route.idempotent):
        return None
    if not 1 <= len(key) <= 255:
        raise IdempotencyKeyMissing(
            "Send an Idempotency-Key of 1 to 255 characters: fresh for a new request, the same"
            " when you retry."
        )
    return IdempotencyKey.of(caller=caller.id, operation=route.operation, key=key, body=sent)
