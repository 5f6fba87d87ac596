"""A playback key to sign sittings with."""

import pytest

from cliffhanger.playback.keyring import Keyring, new_key, save_keyring


@pytest.fixture
def key(stage: None) -> str:
    """The id of the only playback key."""
    made = new_key()
    save_keyring("keys", Keyring(keys=[made]))
    return made.id
