"""Buy, claim, notify, spend, refund, reverse, merge, expire, delete: the books agree throughout.

`HYPOTHESIS_PROFILE=deep` plays twenty times as much.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cliffhanger import aws
from tests.dynamo.backends import on_local
from tests.dynamo.clients import Fast, store
from tests.unit.under_fire.machine import Money, UnlocksGo

DEEPER = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 1


def play(world: type[Money], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        world,
        settings=settings(
            max_examples=examples * DEEPER,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("world", [Money, UnlocksGo])
def test_money_is_right_after_every_step(
    world: type[Money], stage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = Fast(store())
    monkeypatch.setattr(aws, "dynamodb", lambda: tables)
    monkeypatch.setattr(Money, "forget", staticmethod(tables.kept.clear))
    play(world, examples=60, steps=50)


@on_local
@pytest.mark.parametrize("world", [Money, UnlocksGo])
def test_it_is_right_on_dynamodb_local_too(world: type[Money], stage: None) -> None:
    play(world, examples=3, steps=30)
