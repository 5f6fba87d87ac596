"""Fixtures for all who need Google Play."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stores.google.keys import Keys
from tests.unit.local_google.running import Play, running


@pytest.fixture(scope="session")
def play_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of a first start."""
    folder = tmp_path_factory.mktemp("google-keys")
    Keys(folder, "http://127.0.0.1:1")
    return folder


@pytest.fixture
def play(tmp_path: Path, play_keys: Path) -> Iterator[Play]:
    """A running store in which nothing was bought yet."""
    with running(tmp_path / "google", play_keys) as made:
        yield made
