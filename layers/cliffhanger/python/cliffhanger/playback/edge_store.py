"""The playback keys at the edge: brought in line with the secret by the one writer of its store."""

from cliffhanger import clock, metrics
from cliffhanger.edge import store
from cliffhanger.edge.store import Entries
from cliffhanger.metrics import Metric
from cliffhanger.playback.keyring import (
    Keyring,
    load_keyring,
    new_key,
    rotated,
    save_keyring,
)
from cliffhanger.playback.settings import KeyWriterSettings
from cliffhanger.settings import load

_KEY_PREFIX = "key:"


def ensure_key() -> Keyring:
    """Make the first key when there is none, and bring the edge in line with the secret."""
    settings = load(KeyWriterSettings)
    keyring = load_keyring(settings.playback_keys_secret)
    if not keyring.keys:
        return rotate()

    def as_in_the_secret(held: Entries) -> Entries:
        return _with_keys(held, load_keyring(settings.playback_keys_secret))

    store.change(settings.edge_store_arn, as_in_the_secret)
    return keyring


def rotate() -> Keyring:
    """Sign with a fresh key from now on, and drop those whose last token has expired.

    The edge learns the key before anyone signs with it. Dying between the two leaves a key at
    the edge that signs nothing; the next run takes it away.
    """
    settings = load(KeyWriterSettings)
    keyring = load_keyring(settings.playback_keys_secret)
    key = new_key()
    fresh = rotated(keyring, key, token_seconds=settings.token_seconds)
    both = Keyring(keys=[*keyring.keys, key])
    store.change(settings.edge_store_arn, lambda held: _with_keys(held, both))
    save_keyring(settings.playback_keys_secret, fresh)
    store.change(settings.edge_store_arn, lambda held: _with_keys(held, fresh))
    return fresh


def measure_age() -> None:
    """Tell how old the newest key is. Where there is none nothing is told, and silence alarms."""
    keyring = load_keyring(load(KeyWriterSettings).playback_keys_secret)
    if keyring.keys:
        age = clock.now() - keyring.keys[-1].created_at
        metrics.record(Metric.KEY_AGE, age.total_seconds())


def _with_keys(held: Entries, keyring: Keyring) -> Entries:
    """Return the store's entries with the keys of the keyring and no other key."""
    others = {name: value for name, value in held.items() if not name.startswith(_KEY_PREFIX)}
    return others | {f"{_KEY_PREFIX}{key.id}": key.secret for key in keyring.keys}
