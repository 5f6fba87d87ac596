"""What an operation may ask for: round trips, units, bytes. Counts alone, never time."""

import pytest

from bench import evening, logs, path_token, units
from bench.evening import EPISODES, MOST_BYTES, UNLOCKS


@pytest.mark.parametrize("size", ["10 episodes", "1,000 episodes", "10,000 unlocks", "200 packs"])
def test_an_operation_costs_what_its_contract_says_whatever_has_grown(size: str) -> None:
    found = units.costs(units.SIZES[size])
    assert {name: one.of_tables for name, one in found.items()} == {
        name: one.of_tables for name, one in units.CONTRACT.items()
    }
    indexed = {name: one.index_units for name, one in units.CONTRACT.items()}
    if size == "200 packs":
        indexed["purchase"] += 1  # its entry bears the lots that do not fit the wallet
    assert {name: one.index_units for name, one in found.items()} == indexed


def test_a_call_logs_at_most_six_hundred_bytes() -> None:
    written = logs.log_bytes()
    assert all(0 < found <= logs.MOST for found in written.values()), written


@pytest.mark.parametrize("episodes", path_token.DRAMAS)
def test_a_token_is_under_512_bytes(episodes: int) -> None:
    assert path_token.token_bytes(episodes) < path_token.TOKEN_BYTES


def test_an_evening_needs_one_call_and_one_more_for_each_unlock() -> None:
    vip, payer = evening.evenings().values()
    assert len(vip.urls) == len(payer.urls) == EPISODES
    assert (vip.calls, payer.calls) == (1, 1 + UNLOCKS)
    assert max(vip.largest, payer.largest) < MOST_BYTES
