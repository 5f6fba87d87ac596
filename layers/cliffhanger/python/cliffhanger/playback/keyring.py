"""The playback keys: one signs, and those before it are good until their last token has expired."""

import base64
import json
import secrets as randomness
import time
from datetime import datetime, timedelta
from itertools import pairwise

from pydantic import Field

from cliffhanger import aws, base64url, clock
from cliffhanger.errors import Problem
from cliffhanger.model import Model

_FRESH_SECONDS = 60
_SETTLING = timedelta(seconds=60)
_cache: dict[str, tuple[float, "Keyring"]] = {}


class PlaybackUnavailable(Problem):
    """There is no key to sign with yet."""

    status, code, title = 503, "playback_unavailable", "Playback is not set up yet"


class PlaybackKey(Model):
    """A key of 32 random bytes, in base64url, and since when it signs."""

    id: str
    secret: str = Field(repr=False)
    created_at: datetime

    @property
    def bytes(self) -> bytes:
        """The key itself."""
        return base64url.decode(self.secret)


class Keyring(Model):
    """Every live key, the newest last. Kept as JSON in one secret."""

    keys: list[PlaybackKey] = Field(default_factory=list)

    def signing(self, now: datetime) -> PlaybackKey:
        """Return the key to sign with: the newest that every edge location has had time to learn.

        Raises:
            PlaybackUnavailable: no key has been made yet.
        """
        if not self.keys:
            raise PlaybackUnavailable("Try again in a minute.")
        settled = [key for key in self.keys if key.created_at + _SETTLING <= now]
        return settled[-1] if settled else self.keys[0]


def load_keyring(secret_arn: str) -> Keyring:
    """Read the keyring as Secrets Manager has it now."""
    text = aws.secrets().get_secret_value(SecretId=secret_arn)["SecretString"]
    return Keyring.model_validate(json.loads(text))


def save_keyring(secret_arn: str, keyring: Keyring) -> None:
    """Write the keyring."""
    aws.secrets().put_secret_value(SecretId=secret_arn, SecretString=keyring.model_dump_json())


def cached_keyring(secret_arn: str) -> Keyring:
    """Return the keyring, read at most once a minute by a warm function."""
    kept = _cache.get(secret_arn)
    if kept is None or time.monotonic() - kept[0] > _FRESH_SECONDS or not kept[1].keys:
        kept = (time.monotonic(), load_keyring(secret_arn))
        _cache[secret_arn] = kept
    return kept[1]


def new_key() -> PlaybackKey:
    """Make a key. Its id is short, since it stands in every URL."""
    return PlaybackKey(
        id=f"k{randomness.token_hex(4)}",
        secret=base64.urlsafe_b64encode(randomness.token_bytes(32)).rstrip(b"=").decode(),
        created_at=clock.now(),
    )


def rotated(keyring: Keyring, fresh: PlaybackKey, *, token_seconds: int) -> Keyring:
    """Return the keyring with a fresh key, and without those that nobody holds a token of any more.

    A key signs until the next one has settled and warm functions have read it; its last token
    lives `token_seconds` longer.
    """
    margin = _SETTLING + timedelta(seconds=token_seconds + _FRESH_SECONDS)
    kept = [
        key
        for key, follower in pairwise([*keyring.keys, fresh])
        if follower.created_at + margin > fresh.created_at
    ]
    return Keyring(keys=[*kept, fresh])
