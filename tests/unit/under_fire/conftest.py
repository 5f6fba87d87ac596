"""A market with both stores, and a user pool that says yes. It goes back to where it stood."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import aws, clock, settings
from cliffhanger.identity import merging
from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from tests.dynamo import backends, keeping
from tests.dynamo.faults import Striking
from tests.unit.purchases.core.conftest import (
    apple,
    chain,
    configure,
    google,
    market,
    pauses,
    play,
    play_keys,
    policies,
    shop,
)
from tests.unit.purchases.core.market import Market
from tests.unit.under_fire.flows import Stage

__all__ = [
    "apple",
    "chain",
    "configure",
    "google",
    "market",
    "pauses",
    "play",
    "play_keys",
    "shop",
]


class Pool:
    """A user pool in which everybody is, and may go."""

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return lambda **_: {}


@dataclass
class Ground:
    """The stage, and how to go back to where it stood."""

    stage: Stage
    way: Striking
    passed: timedelta = timedelta()

    def wait(self, until: datetime | None = None) -> None:
        """Let twenty minutes pass, after which what failed is due; more where it is not time."""
        self.passed += timedelta(minutes=20)
        if until:
            self.passed += max(timedelta(), until - clock.now())

    def keep(self) -> None:
        self.put_back = keeping.keep(aws.dynamodb(), self.way)
        self.book = self.file.read_bytes() if self.file.exists() else None

    def back(self) -> None:
        self.put_back()
        self.passed = timedelta()
        if self.book is None:
            self.file.unlink(missing_ok=True)
        else:
            self.file.write_bytes(self.book)

    @property
    def file(self) -> Path:
        """Where the store of Google's stand-in keeps what was bought."""
        assert self.stage.market.play
        return self.stage.market.play.folder / "store.json"


@pytest.fixture
def ground(
    google: Market,
    apple: object,
    pauses: list[float],
    configure: Callable[[dict[str, str]], None],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    tables_on: str,
) -> Ground:
    save_keyring("keys", Keyring(keys=[new_key()]))
    monkeypatch.setattr(aws, "cognito", Pool)
    monkeypatch.setattr(merging, "_guest_of", lambda sent: sent.guest_refresh_token)
    made = Ground(Stage(google), backends.wire(backends.address(request, tables_on))[1])
    made.stage.wait = made.wait
    made.stage.let_go = lambda: configure(settings.variables(policies(refunded_unlocks="go")))
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + made.passed)
    return made
