"""A signed-in studio user, a folder of episodes, and the command as they would type it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import publish, transport
from cli.main import app
from tests.unit.cli.fake_server import serving
from tests.unit.cli.fake_studio import FakeStudio


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No session of whoever runs the tests, no waiting, and a wide screen."""
    for name in ("CLIFFHANGER_TOKEN", "CLIFFHANGER_API", "CLIFFHANGER_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(transport.Backoff, "get_backoff_time", lambda _: 0)
    monkeypatch.setattr(publish, "_TICK_SECONDS", 0.01)
    monkeypatch.setattr(publish, "_SHORTEST_LOOK_SECONDS", 0)
    monkeypatch.setattr(publish, "_LOOKS_A_SECOND", 1000)


@pytest.fixture
def studio() -> Iterator[FakeStudio]:
    with serving() as made:
        yield made


@dataclass(frozen=True)
class Person:
    """Someone at a terminal."""

    def types(self, *words: object, reads: str = "") -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], input=reads)


@pytest.fixture
def person(studio: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Someone who is signed in by the environment, as in CI."""
    monkeypatch.setenv("CLIFFHANGER_API", studio.url)
    monkeypatch.setenv("CLIFFHANGER_TOKEN", "good-token")
    return Person()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three episodes of three parts each."""
    made = tmp_path / "heiress"
    made.mkdir()
    for number in (1, 2, 10):
        (made / f"ep{number}.mp4").write_bytes(bytes([number]) * 2500)
    return made


NEW = ("--title", "The Heiress", "--language", "en")

Publish = Callable[..., Result]


@pytest.fixture
def publishes(person: Person, folder: Path) -> Publish:
    """Publish the folder as a new drama, or go on with it."""

    def run(*more: str) -> Result:
        return person.types("publish", folder, *NEW, *more)

    return run
