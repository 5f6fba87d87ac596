"""Playback keys: which one signs, and how long the others are good."""

from datetime import UTC, datetime, timedelta

import pytest

from cliffhanger.playback.keyring import Keyring, PlaybackKey, PlaybackUnavailable, rotated

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN = 3600


def key(name: str, minutes: float) -> PlaybackKey:
    return PlaybackKey(id=name, secret="x" * 43, created_at=NOON + timedelta(minutes=minutes))


def names(keyring: Keyring) -> list[str]:
    return [one.id for one in keyring.keys]


def test_an_empty_ring_gets_its_first_key() -> None:
    assert names(rotated(Keyring(), key("a", 0), token_seconds=TOKEN)) == ["a"]


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(PlaybackUnavailable):
        Keyring().signing(NOON)


def test_a_fresh_key_signs_once_every_edge_has_learned_it() -> None:
    ring = Keyring(keys=[key("a", -60), key("b", 0)])
    assert ring.signing(NOON + timedelta(seconds=59)).id == "a"
    assert ring.signing(NOON + timedelta(seconds=60)).id == "b"


def test_the_only_key_signs_at_once() -> None:
    assert Keyring(keys=[key("a", 0)]).signing(NOON).id == "a"


def test_a_key_stays_until_its_last_token_has_expired() -> None:
    ring = Keyring(keys=[key("a", -200), key("b", 0)])
    assert names(rotated(ring, key("c", 61), token_seconds=TOKEN)) == ["a", "b", "c"]
    assert names(rotated(ring, key("c", 63), token_seconds=TOKEN)) == ["b", "c"]


def test_a_key_is_not_shown_in_a_log() -> None:
    assert "xxx" not in repr(Keyring(keys=[key("a", 0)]))
