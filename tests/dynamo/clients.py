"""Two doors to the tables on a dict: a fast one, and one through botocore with all that it does."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.models import botocore_stubber

from cliffhanger import aws, tables
from tests.dynamo.expressions import Wire
from tests.dynamo.store import Refusal, Store

_PAGED = {"query": "Query", "scan": "Scan"}


def store() -> Store:
    """The tables of a stage, empty."""
    some = [one for table in tables.TABLES for one in table.indexes]
    local = [one for table in tables.TABLES for one in table.local_indexes]
    found = {one.name: (one.partition_key, one.sort_key) for one in some}
    return Store(found | {one.name: (tables.PK, one.sort_key) for one in local})


class Fast:
    """A client without HTTP, signatures or retries."""

    def __init__(self, kept: Store) -> None:
        self.kept = kept

    def __getattr__(self, name: str) -> Any:
        operation = re.sub(r"(?:^|_)(\w)", lambda found: found[1].upper(), name)

        def call(**asked: Any) -> Wire:
            try:
                return self.kept.call(operation, asked)
            except Refusal as refused:
                raise ClientError(_told(refused), operation) from refused  # type: ignore[arg-type]

        return call

    def get_paginator(self, name: str) -> "_Pages":
        return _Pages(self.kept, _PAGED[name])


class _Pages:
    def __init__(self, kept: Store, operation: str) -> None:
        self.kept, self.operation = kept, operation

    def paginate(self, **asked: Any) -> Iterator[Wire]:
        yield self.kept.call(self.operation, asked)


def _told(refused: Refusal) -> Wire:
    reasons = [{"Code": code} for code in refused.reasons or []]
    return {
        "Error": {"Code": refused.code, "Message": refused.code},
        **({"CancellationReasons": reasons} if reasons else {}),
    }


def operation(request: AWSPreparedRequest) -> str:
    """Which operation of DynamoDB a request is for."""
    target: Any = request.headers["X-Amz-Target"]
    named = target.decode() if isinstance(target, bytes) else target
    return str(named.rpartition(".")[2])


def asked(request: AWSPreparedRequest) -> Any:
    """What a request says."""
    sent: Any = request.body
    return json.loads(sent)


class Http:
    """What stands in for a client's connections: the tables on a dict answer."""

    def __init__(self, kept: Store) -> None:
        self.kept = kept

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        try:
            return response(request, 200, self.kept.call(operation(request), asked(request)))
        except Refusal as refused:
            return refusal(request, refused)

    def close(self) -> None:
        """There is nothing to close."""


def refusal(request: AWSPreparedRequest, refused: Refusal) -> AWSResponse:
    """What DynamoDB sends when it refuses."""
    told: Wire = {"__type": f"com.amazonaws.dynamodb.v20120810#{refused.code}"}
    told |= {"message": refused.code}
    if refused.reasons:
        told["CancellationReasons"] = [{"Code": one} for one in refused.reasons]
    return response(request, 400, told)


def response(request: AWSPreparedRequest, status: int, told: Wire) -> AWSResponse:
    """An answer of DynamoDB."""
    sent = _Raw(json.dumps(told).encode())
    headers: Any = {"Content-Type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, sent)


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def botocore_client(http: Any = None, **where: Any) -> Any:
    """A real client of DynamoDB that moto leaves alone, and that tries as often as a function's.

    Args:
        http: what sends its requests; None is a real connection.
        where: `endpoint_url`, and what else makes a client.
    """
    tries = Config(retries={"mode": "standard", "max_attempts": 3})
    where = {"region_name": "us-east-1", "config": tries, **where}
    found: Any = aws._session().create_client("dynamodb", **where)
    found.meta.events.unregister("before-send", botocore_stubber)
    if http is not None:
        found._endpoint.http_session = http
    return found
