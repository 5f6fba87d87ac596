"""The stand-in stores of the local cloud: where they tell of sales, and what they keep."""

import base64
import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.stage import Stage
from local import stores_up
from local.layout import CREDENTIALS, Place
from local.processes import Servers
from local.stores_up import keep_store_keys, start_stores
from tests.unit.local_up.conftest import Backend

SECONDS = 10


@pytest.fixture
def servers(place: Place) -> Iterator[Servers]:
    started = Servers(place.logs)
    yield started
    started.stop()


def ask(place: Place, store: str, action: str, body: dict[str, Any]) -> Any:
    url = f"{place.url(store)}/_store/{action}"
    request = urllib.request.Request(url, data=json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)


def told(backend: Backend, path: str) -> tuple[dict[str, Any], str]:
    """What the backend is told first at a path."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for at, body, authorization in backend.seen:
            if at == path:
                return body, authorization
        time.sleep(0.05)
    pytest.fail(f"nothing was told at {path}, only {backend.seen}")


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_both_stores_sell_as_the_stage_is_called_and_tell_the_backend(
    place: Place, named: Stage, servers: Servers, backend: Backend
) -> None:
    start_stores(servers, place, named)
    assert [one.name for one in servers.running] == ["apple", "google"]

    sold = ask(place, "apple", "buy", {"product_id": "coins"})
    assert sold["transaction"]["bundleId"] == "com.example.app"
    assert sold["transaction"]["environment"] == named.apple.environment
    body, _ = told(backend, "/v1/stores/apple/notifications")
    assert claims(body["signedPayload"])["data"]["bundleId"] == "com.example.app"

    ask(place, "google", "buy", {"product_id": "coins"})
    body, authorization = told(backend, "/v1/stores/google/notifications")
    data = json.loads(base64.b64decode(body["message"]["data"]))
    assert data["packageName"] == "com.example.android"
    assert body["subscription"] == named.google.push_subscription
    identity = claims(authorization.removeprefix("Bearer "))
    assert identity["aud"] == "https://api.example"
    assert identity["email"] == named.google.push_service_account


def test_a_restart_keeps_what_was_sold_and_every_key(
    place: Place, named: Stage, servers: Servers, backend: Backend
) -> None:
    start_stores(servers, place, named)
    apple = ask(place, "apple", "buy", {"product_id": "coins"})["transaction_id"]
    google = ask(place, "google", "buy", {"product_id": "coins"})["purchase_token"]
    kept = {file: file.read_bytes() for file in keys(place)}
    assert len(kept) > 3
    servers.stop()

    start_stores(servers, place, named)
    assert ask(place, "apple", "show", {"transaction_id": apple})["transaction_id"] == apple
    assert ask(place, "google", "refund", {"purchase_token": google})["purchase_token"] == google
    assert {file: file.read_bytes() for file in keys(place)} == kept


def keys(place: Place) -> list[Any]:
    return [*place.state.glob("*/*.pem"), *place.state.glob("*/roots/*"), place.state / APPLE_KEY]


APPLE_KEY = "apple/api-key.json"
GOOGLE_KEY = "google/service-account.json"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The emulated Secrets Manager."""
    with mock_aws():
        region = {"region_name": "us-east-1", **{k.lower(): v for k, v in CREDENTIALS.items()}}
        made = boto3.client("secretsmanager", **region)  # type: ignore[call-overload]
        monkeypatch.setattr(stores_up, "client", lambda *_, **__: made)
        yield made


def give(place: Place, name: str, key: dict[str, str]) -> None:
    file = place.state / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(key, indent=2))


def test_the_stores_keys_stand_where_the_stage_says(
    place: Place, named: Stage, secrets: Any
) -> None:
    give(place, APPLE_KEY, {"key_id": "A"})
    give(place, GOOGLE_KEY, {"private_key_id": "G"})
    keep_store_keys(place, named)
    stored = {
        one["Name"]: json.loads(secrets.get_secret_value(SecretId=one["Name"])["SecretString"])
        for one in secrets.list_secrets()["SecretList"]
    }
    assert stored == {
        named.apple.api_secret: {"key_id": "A"},
        "cliffhanger/local/google": {"private_key_id": "G"},
    }


def test_keys_that_changed_are_brought_up_to_date_and_others_left_alone(
    place: Place, named: Stage, secrets: Any
) -> None:
    give(place, APPLE_KEY, {"key_id": "A"})
    give(place, GOOGLE_KEY, {"private_key_id": "G"})
    keep_store_keys(place, named)
    before = secrets.get_secret_value(SecretId=named.apple.api_secret)["VersionId"]

    give(place, GOOGLE_KEY, {"private_key_id": "moved"})
    keep_store_keys(place, named)
    google = secrets.get_secret_value(SecretId=named.google.credentials_secret)["SecretString"]
    assert json.loads(google) == {"private_key_id": "moved"}
    assert secrets.get_secret_value(SecretId=named.apple.api_secret)["VersionId"] == before
