"""What an operation may ask for: round trips, units, bytes. Counts alone, never time."""

import pytest

from bench import evening, logs, path_token, units
from bench.evening import EPISODES, MOST_BYTES, UNLOCKS


@pytest.mark.parametrize("size", ["10 episodes", "1,000 episodes", "1,000 unlocks"])
def test_an_operation_costs_what_its_contract_says_whatever_has_grown(size: str) -> None:
    assert units.costs(units.SIZES[size]) == units.CONTRACT


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
