"""A stage with everything in it: studio, transcoder, both stores."""

from tests.infra.conftest import prod, prod_folder
from tests.unit.entitlements.conftest import key, statement_key
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
    "prod",
    "prod_folder",
    "shop",
    "statement_key",
]
