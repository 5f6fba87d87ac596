"""A stage in memory: tables, buckets and a bus on moto, and the tables elsewhere where wanted."""

import json
import logging
import math
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from cliffhanger import aws, clock, log, origin, settings, tables
from cliffhanger.catalog import manifest, repository
from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.edge.settings import EdgeQueueSettings, RevocationSettings
from cliffhanger.entitlements.settings import EntitlementSettings
from cliffhanger.events import BusSettings
from cliffhanger.identity.settings import IdentitySettings, MarketSettings, ViewerSettings
from cliffhanger.media.ladder import Rung
from cliffhanger.media.settings import (
    MediaSettings,
    RetentionSettings,
    TranscodingSettings,
    UploadSettings,
)
from cliffhanger.metrics import MetricsSettings
from cliffhanger.origin import OriginSettings
from cliffhanger.playback import keyring
from cliffhanger.playback.settings import KeyWriterSettings, PlaybackSettings
from cliffhanger.purchases.settings import PurchaseSettings
from cliffhanger.wallet.settings import WalletSettings
from cliffhanger.watching.settings import WatchingSettings
from tests.dynamo import backends, emulated, local_jar
from tests.unit.gateway import EDGE
from tests.unit.pipeline import Transcoder, new_episode
from tests.unit.written import TRACE, Now, Written

LADDER = [
    Rung(name="720p", short_side=720, max_bitrate=4_000_000, quality=8),
    Rung(name="360p", short_side=360, max_bitrate=700_000, quality=7),
]
STAGE = settings.variables(
    MetricsSettings(stage="test"),
    CatalogSettings(content_table="content", default_language="en"),
    UploadSettings(content_table="content", source_bucket="sources", max_bytes=1_000_000),
    TranscodingSettings(
        content_table="content",
        source_bucket="sources",
        mediaconvert_role_arn="arn:aws:iam::000000000000:role/transcoder",
        mediaconvert_queue_arn="arn:aws:mediaconvert:us-east-1:000000000000:queues/Default",
        ladder=LADDER,
        max_duration_seconds=900,
        segment_seconds=2,
        storage_tells_checksums=True,
    ),
    MediaSettings(media_bucket="media"),
    RetentionSettings(content_table="content", superseded_days=30),
    PlaybackSettings(
        media_url="https://media.example/media", playback_keys_secret="keys", token_seconds=3600
    ),
    WalletSettings(commerce_table="commerce"),
    EntitlementSettings(commerce_table="commerce"),
    PurchaseSettings(
        content_table="content",
        commerce_table="commerce",
        restore="transfer",
        refunded_unlocks="stay",
    ),
    BusSettings(event_bus="bus"),
    RevocationSettings(content_table="content", token_seconds=3600),
    EdgeQueueSettings(edge_queue_url="https://sqs.us-east-1.amazonaws.com/123456789012/edge.fifo"),
    KeyWriterSettings(
        playback_keys_secret="keys",
        edge_store_arn="arn:aws:cloudfront::123456789012:key-value-store/edge",
        token_seconds=3600,
    ),
    IdentitySettings(user_pool_id="pool", user_pool_client_id="client"),
    ViewerSettings(commerce_table="commerce"),
    MarketSettings(markets=["US", "BR"]),
    WatchingSettings(commerce_table="commerce"),
)


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """The address of DynamoDB Local, for those who have its jar."""
    jar = local_jar.jar()
    assert jar
    with local_jar.running(jar) as url:
        yield url


@pytest.fixture(scope="session")
def emulated_dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of DynamoDB as the local cloud emulates it, without the rest of the cloud."""
    with emulated.running(tmp_path_factory.mktemp("emulated")) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def edge_in_front() -> Iterator[None]:
    """What every call of the tests came through: its secret is known to the functions for ever."""
    for name, value in settings.variables(OriginSettings(origin_secret="origin")).items():
        os.environ[name] = value
    origin._cache["origin"] = (math.inf, frozenset(EDGE.values()))
    yield
    origin._cache.clear()


@pytest.fixture
def tables_on(request: pytest.FixtureRequest) -> str:
    """What the tables stand on: see tests/dynamo/backends.py."""
    return str(getattr(request, "param", backends.MOTO))


@pytest.fixture
def stage(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, tables_on: str
) -> Iterator[None]:
    """Everything that the functions find in AWS, empty."""
    address = backends.address(request, tables_on)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for name, value in STAGE.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        _forget()
        if tables_on != backends.MOTO:
            client, _ = backends.emptied(address)
            monkeypatch.setattr(aws, "dynamodb", lambda: client)
        for spec in tables.TABLES:
            _create(spec)
        for bucket in ("sources", "media"):
            aws.s3().create_bucket(Bucket=bucket)
        aws.events().create_event_bus(Name="bus")
        aws.sqs().create_queue(QueueName="edge.fifo", Attributes={"FifoQueue": "true"})
        aws.secrets().create_secret(Name="keys", SecretString='{"keys":[]}')
        yield
    _forget()


def _forget() -> None:
    """Start cold. Clients stay: they hold nothing of a stage, and making one takes a while."""
    settings._loaded.cache_clear()
    repository.place.cache_clear()
    manifest._cache.clear()
    keyring._cache.clear()


def _create(spec: tables.Table) -> None:
    aws.dynamodb().create_table(**backends.definition(spec))


@pytest.fixture
def transcoder(stage: None, monkeypatch: pytest.MonkeyPatch) -> Transcoder:
    """The transcoder of the stage. It makes nothing: its jobs are told of by hand."""
    made = Transcoder()
    monkeypatch.setattr(aws, "mediaconvert", lambda: made)
    return made


@pytest.fixture
def episode(stage: None) -> Any:
    """The only episode of a drama, a draft without a file."""
    return new_episode()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the clock."""

    def move(**by: float) -> None:
        moment = clock.now() + timedelta(**by)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move


@pytest.fixture
def bus(stage: None) -> Callable[[], list[tuple[str, Any]]]:
    """What was told on the bus since this was asked last: the name and the detail of each event."""
    queue = aws.sqs().create_queue(QueueName="told")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:told"
    pattern = json.dumps({"source": ["cliffhanger"]})
    aws.events().put_rule(Name="told", EventBusName="bus", EventPattern=pattern)
    aws.events().put_targets(Rule="told", EventBusName="bus", Targets=[{"Id": "told", "Arn": arn}])

    def told() -> list[tuple[str, Any]]:
        answer = aws.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            aws.sqs().delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        found = [json.loads(message["Body"]) for message in messages]
        return [(one["detail-type"], one["detail"]) for one in found]

    return told


@pytest.fixture
def written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Written]:
    """What the functions write from now on, with the keys that Lambda adds."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "purchase_events")  # the longest of the names
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    log.logger.cache_clear()
    for handler in log.logger().handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.stream = Now()  # what it had may be closed by now
    capsys.readouterr()

    def since_last() -> list[str]:
        return capsys.readouterr().out.splitlines()

    yield since_last
    log.logger.cache_clear()


@pytest.fixture
def table_calls(stage: None) -> Iterator[list[str]]:
    """The calls of DynamoDB, as they are made: `GetItem`, `Query`."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    aws.dynamodb().meta.events.register("before-call.dynamodb", note)
    yield made
    aws.dynamodb().meta.events.unregister("before-call.dynamodb", note)


@pytest.fixture
def pool(stage: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a user pool, empty."""
    made = aws.cognito().create_user_pool(PoolName="viewers")["UserPool"]["Id"]
    client = aws.cognito().create_user_pool_client(
        UserPoolId=made,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    told = settings.variables(IdentitySettings(user_pool_id=made, user_pool_client_id=client))
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings._loaded.cache_clear()
    return made
