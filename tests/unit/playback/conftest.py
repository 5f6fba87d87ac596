"""Keys to sign with, and the edge's store that learns them."""

import pytest

from cliffhanger import aws
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from tests.unit.edge_store import Store


@pytest.fixture
def key(stage: None) -> str:
    """The id of the only playback key."""
    made = new_key()
    save_keyring("keys", Keyring(keys=[made]))
    return made.id


@pytest.fixture
def store(stage: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The edge's store, empty."""
    made = Store()
    monkeypatch.setattr(aws, "client", lambda _service, **_config: made)
    return made
