"""A store that sells in production, with certificates of its own."""

from pathlib import Path

import pytest

from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.shop import Shop, open_shop


@pytest.fixture(scope="session")
def chain() -> Chain:
    return make()


@pytest.fixture
def shop(tmp_path: Path, chain: Chain) -> Shop:
    return open_shop(tmp_path / "apple", chain)
