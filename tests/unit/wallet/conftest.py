"""Tables for wallets of many lots."""

import pytest

from cliffhanger import aws
from tests.unit.wallet.memory_table import MemoryTable


@pytest.fixture
def memory(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table in memory: moto copies all of its own for each transaction."""
    table = MemoryTable()
    monkeypatch.setattr(aws, "dynamodb", lambda: table)
