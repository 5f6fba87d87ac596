"""A whole stage: users, keys, and both stores beside it."""

import pytest

from tests.unit.entitlements.conftest import key, statement_key
from tests.unit.local_apple.open import Address
from tests.unit.local_google.fixtures import play, play_keys
from tests.unit.purchases.core.conftest import (
    apple,
    chain,
    configure,
    google,
    market,
    pauses,
    shop,
)
from tests.unit.purchases.core.market import Market

__all__ = [
    "apple",
    "chain",
    "configure",
    "google",
    "key",
    "market",
    "pauses",
    "play",
    "play_keys",
    "shop",
    "statement_key",
]


@pytest.fixture
def whole(
    google: Market, apple: Address, pool: str, key: str, statement_key: str, pauses: list[float]
) -> Market:
    """Everything that any function needs; nobody really waits for a retry."""
    return google
