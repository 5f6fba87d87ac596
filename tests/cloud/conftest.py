"""The people of the tests, and what they do again and again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import ids, settings
from cliffhanger.wallet import audit
from cliffhanger.wallet.settings import WalletSettings
from local.aws import client, sign_in
from local.layout import CREDENTIALS
from tests.client import Client, put_parts

TITLE = {"en": "A title"}


@dataclass(frozen=True)
class Studio:
    """A member of the studio. What they put on the shelf is taken off it after the test."""

    client: Client
    published: list[str] = field(default_factory=list)

    def drama(self, **changes: Any) -> dict[str, Any]:
        body = {
            "title": TITLE,
            "original_language": "en",
            "free_episodes": 5,
            "episode_price": 60,
        }
        answer = self.client.post("/studio/dramas", body | changes)
        assert answer.status == 201, answer.content
        made: dict[str, Any] = answer.body
        return made

    def episode(self, drama_id: str, number: int = 1) -> dict[str, Any]:
        body = {"number": number, "title": {"en": f"Episode {number}"}}
        answer = self.client.post(f"/studio/dramas/{drama_id}/episodes", body)
        assert answer.status == 201, answer.content
        made: dict[str, Any] = answer.body
        return made

    def upload(self, episode_id: str, file: Path) -> dict[str, Any]:
        """Upload a file as the next generation and return its asset, as it is by then."""
        body = {
            "episode_id": episode_id,
            "filename": file.name,
            "size": file.stat().st_size,
            "content_type": "video/mp4",
        }
        started = self.client.post("/studio/uploads", body)
        assert started.status == 201, started.content
        parts = put_parts(started.body, file)
        path = f"/studio/uploads/{started.body['id']}/complete"
        completed = self.client.post(path, {"parts": parts})
        assert completed.status == 200, completed.content
        asset: dict[str, Any] = completed.body
        return asset

    def settled(self, asset_id: str, seconds: float = 300) -> dict[str, Any]:
        """Wait until an asset has come to an end, good or bad."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            asset: dict[str, Any] = self.client.get(f"/studio/assets/{asset_id}").body
            if asset["status"] not in {"awaiting_upload", "uploaded", "transcoding"}:
                return asset
            time.sleep(0.3)
        pytest.fail(f"after {seconds} s the asset is {asset}")

    def publish(self, drama_id: str, *episode_ids: str) -> None:
        for episode_id in episode_ids:
            path = f"/studio/dramas/{drama_id}/episodes/{episode_id}/publish"
            assert self.client.post(path).status == 200
        self.published.append(drama_id)
        assert self.client.post(f"/studio/dramas/{drama_id}/publish").status == 200


def wake_the_edge_writer(cloud: dict[str, Any]) -> None:
    """Revokes a session that nobody has: a test of seconds does not wait for a cold start."""
    member = Client(cloud["api_url"], sign_in(cloud, group="studio").access_token)
    body = {"session_id": ids.new("ses"), "reason": "nobody's"}
    answer = member.post("/studio/revocations", body)
    assert answer.status == 201, answer.content


@pytest.fixture
def studio(cloud: dict[str, Any]) -> Iterator[Studio]:
    member = Studio(Client(cloud["api_url"], sign_in(cloud, group="studio").access_token))
    yield member
    for drama_id in member.published:
        assert member.client.post(f"/studio/dramas/{drama_id}/unpublish").status == 200


@pytest.fixture
def anyone(cloud: dict[str, Any]) -> Client:
    return Client(cloud["api_url"])


@pytest.fixture
def viewer(cloud: dict[str, Any], anyone: Client) -> Client:
    guest = anyone.post("/guests")
    assert guest.status == 201, guest.content
    return Client(cloud["api_url"], guest.body["access_token"])


@pytest.fixture
def agrees(cloud: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Recomputes a viewer's wallet from its ledger."""
    for name, value in settings.variables(
        WalletSettings(commerce_table=cloud["tables"]["commerce"])
    ).items():
        monkeypatch.setenv(name, value)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", cloud["region"])
    local = client("dynamodb", endpoint=cloud["aws_endpoint_url"], region=cloud["region"])
    monkeypatch.setattr("cliffhanger.aws.dynamodb", lambda: local)
    settings._loaded.cache_clear()
    yield lambda viewer_id: audit.audit(viewer_id).faults == ()
    settings._loaded.cache_clear()
