"""The store of these tests."""

from tests.unit.local_google.fixtures import play, play_keys

__all__ = ["play", "play_keys"]
