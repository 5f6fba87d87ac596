"""A smoke test that could play nothing says so, and does not pass for one that has."""

from typing import Any

import pytest
from typer.testing import CliRunner

from operations import __main__ as operations
from operations import smoke as smoke_test
from operations.addresses import Addresses

ADDRESSES = Addresses("https://api/v1", "https://media", "", "")


@pytest.fixture
def empty_shelf(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stage in which nothing is published, and the calls that it gets."""
    calls: list[str] = []

    def call(method: str, url: str, **_: Any) -> Any:
        calls.append(f"{method} {url.removeprefix(ADDRESSES.api)}")
        return {"access_token": "t", "items": []}

    monkeypatch.setattr(smoke_test, "call", call)
    monkeypatch.setattr(operations, "addresses_of", lambda _: ADDRESSES)
    return calls


def test_nothing_to_play_is_a_warning_and_everything_else_is_tried(
    empty_shelf: list[str],
) -> None:
    ran = CliRunner().invoke(operations.app, ["smoke", "--stage", "prod"])
    assert ran.exit_code == 0
    assert "! PLAYBACK WAS NOT TRIED" in ran.output
    assert "--episode" in ran.output
    assert empty_shelf == ["POST /guests", "GET /dramas", "GET /wallet", "DELETE /me"]
