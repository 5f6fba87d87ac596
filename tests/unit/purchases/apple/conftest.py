"""A production stage that trusts a store of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import settings
from cliffhanger.purchases.apple import vouched
from local.stores.apple.chain import Chain, make
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.purchases.apple.app import variables


@pytest.fixture(scope="session")
def chain() -> Chain:
    return make()


@pytest.fixture
def shop(tmp_path: Path, chain: Chain) -> Shop:
    return open_shop(tmp_path / "apple", chain)


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, chain: Chain) -> Iterator[Callable[..., None]]:
    """Makes the stage another one: its environment, its checks, its address of Apple."""

    def change(**stage: Any) -> None:
        for name, value in variables(stage.pop("trusted", chain), **stage).items():
            monkeypatch.setenv(name, value)
        settings._loaded.cache_clear()

    change()
    vouched._vouched.clear()
    yield change
    settings._loaded.cache_clear()


@pytest.fixture(autouse=True)
def stage_of_apple(configure: Callable[..., None]) -> None:
    """Every test here has one."""
