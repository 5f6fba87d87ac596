"""A viewer who asked for it is deleted by an operator, as `DELETE /v1/me` of their app would do it.

The function itself does the work, so what goes and what stays is decided in one place.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cliffhanger.origin import HEADER
from cliffhanger.tables import PK, SK
from infra.alias import LIVE
from operations.errors import OperationError
from operations.recovery import table_of
from operations.target import Target

_ROUTE = "DELETE /v1/me"
_TRIES = 20  # each empties a thousand rows of what was watched
_BUSY = 503
Rows = Mapping[str, Any]


@dataclass(frozen=True)
class Forgotten:
    """Whether there was an account, and how many rows of each kind went and stay."""

    had_account: bool
    gone: Counter[str]
    kept: Counter[str]


def forget_viewer(target: Target, viewer_id: str) -> Forgotten:
    """Delete a viewer and return what went. Doing it again, as after a restore, is right too.

    Raises:
        OperationError: the function refused, or is not deployed.
    """
    had_account = _has_account(target, viewer_id)
    before = _rows(target, viewer_id)
    event = _event(target, viewer_id)
    for _ in range(_TRIES):
        answer = _answer(target, event)
        if answer.get("statusCode") != _BUSY:
            break
    if answer.get("statusCode") != 204:
        raise OperationError(f"The viewer was not deleted: {json.dumps(answer)} Run this again.")
    after = _rows(target, viewer_id)
    gone = {name for name, row in before.items() if after.get(name) != row}
    return Forgotten(had_account, _kinds(gone), _kinds(before.keys() - gone))


def _has_account(target: Target, viewer_id: str) -> bool:
    cognito = target.client("cognito-idp")
    pool = target.output("data", "UserPoolId")
    try:
        cognito.admin_get_user(UserPoolId=pool, Username=viewer_id)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True


def _rows(target: Target, viewer_id: str) -> Rows:
    """Return everything below the viewer's id in the commerce table, by its sort key."""
    pages = (
        target.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table_of(target, "commerce"),
            KeyConditionExpression=f"{PK} = :viewer",
            ExpressionAttributeValues={":viewer": {"S": viewer_id}},
            ConsistentRead=True,
        )
    )
    return {item[SK]["S"]: item for page in pages for item in page["Items"]}


def _event(target: Target, viewer_id: str) -> dict[str, Any]:
    """Return what the gateway would send. The function believes the edge's secret, so it is in."""
    secret = target.output("data", "OriginSecret")
    told = target.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    claims = {"token_use": "access", "username": viewer_id}
    return {
        "routeKey": _ROUTE,
        "headers": {HEADER: json.loads(told)["sending"]},
        "requestContext": {
            "requestId": "by-an-operator",
            "authorizer": {"jwt": {"claims": claims}},
        },
    }


def _answer(target: Target, event: Mapping[str, Any]) -> dict[str, Any]:
    answer = target.client("lambda").invoke(
        FunctionName=target.output("api", "IdentityFunction"),
        Qualifier=LIVE,
        Payload=json.dumps(event).encode(),
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def _kinds(names: set[str]) -> Counter[str]:
    """Count by the part of a sort key that says what a row is."""
    return Counter(name.partition("#")[0] for name in names)
