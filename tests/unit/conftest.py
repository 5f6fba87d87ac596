"""A stage in memory: tables, buckets and a bus on moto, and the events of the gateway."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cliffhanger import aws, settings, tables
from cliffhanger.catalog import manifest, repository
from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.events import BusSettings
from cliffhanger.ids import new
from cliffhanger.media.ladder import Rung
from cliffhanger.media.settings import TranscodingSettings, UploadSettings
from cliffhanger.playback import keyring
from cliffhanger.playback.settings import PlaybackSettings
from cliffhanger.wallet.settings import WalletSettings

LADDER = [
    Rung(name="720p", short_side=720, max_bitrate=4_000_000, quality=8),
    Rung(name="360p", short_side=360, max_bitrate=700_000, quality=7),
]
STAGE = settings.variables(
    CatalogSettings(content_table="content", default_language="en"),
    UploadSettings(content_table="content", source_bucket="sources", max_bytes=1_000_000),
    TranscodingSettings(
        content_table="content",
        source_bucket="sources",
        media_bucket="media",
        mediaconvert_role_arn="arn:aws:iam::000000000000:role/transcoder",
        mediaconvert_queue_arn="arn:aws:mediaconvert:us-east-1:000000000000:queues/Default",
        ladder=LADDER,
        max_duration_seconds=900,
        segment_seconds=2,
    ),
    PlaybackSettings(
        media_url="https://media.example/media", playback_keys_secret="keys", token_seconds=3600
    ),
    WalletSettings(commerce_table="commerce"),
    BusSettings(event_bus="bus"),
)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything that the functions find in AWS, empty."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for name, value in STAGE.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        _forget()
        for spec in tables.TABLES:
            _create(spec)
        for bucket in ("sources", "media"):
            boto3.client("s3").create_bucket(Bucket=bucket)
        boto3.client("events").create_event_bus(Name="bus")
        boto3.client("secretsmanager").create_secret(Name="keys", SecretString='{"keys":[]}')
        yield
    _forget()


def _forget() -> None:
    settings._loaded.cache_clear()
    repository.place.cache_clear()
    manifest._cache.clear()
    keyring._cache.clear()
    for client in (aws._session, aws.dynamodb, aws.s3, aws.events, aws.secrets, aws.sqs):
        client.cache_clear()


def _create(spec: tables.Table) -> None:
    names = {tables.PK, tables.SK}
    names |= {name for one in spec.indexes for name in (one.partition_key, one.sort_key)}
    extra: dict[str, Any] = {
        "GlobalSecondaryIndexes": [
            {
                "IndexName": one.name,
                "KeySchema": _keys(one.partition_key, one.sort_key),
                "Projection": {"ProjectionType": "ALL"},
            }
            for one in spec.indexes
        ]
    }
    boto3.client("dynamodb").create_table(
        TableName=spec.name,
        KeySchema=_keys(tables.PK, tables.SK),  # type: ignore[arg-type]
        AttributeDefinitions=[
            {"AttributeName": one, "AttributeType": "S"} for one in sorted(names)
        ],
        BillingMode="PAY_PER_REQUEST",
        **(extra if spec.indexes else {}),
    )


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


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
        "headers": {"idempotency-key": new("key")} | dict(headers or {}),
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
