"""A fault at any call of any flow, and a retry: the end is that of an undisturbed run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from cliffhanger.errors import Problem
from tests.dynamo.backends import DICT, on_all_but_moto
from tests.dynamo.faults import FAULTS, Killed
from tests.unit.purchases.core.market import ANNA, BORIS
from tests.unit.under_fire.conftest import Ground
from tests.unit.under_fire.flows import (
    FLOWS,
    Stage,
    Step,
    apple_vip,
    google_coins,
    google_vip,
    merge,
    plan_change,
    recheck,
    reconcile,
    refund_of_vip_heard,
    sweep,
    transfer,
)
from tests.unit.under_fire.looking import look

pytestmark = on_all_but_moto
Flow = Callable[[Stage], Step]
TRIES = 4
MOST_CALLS = 60
SLOW: dict[Flow, int] = {
    google_coins: 2,
    google_vip: 2,
    merge: 2,
    plan_change: 4,
    recheck: 4,
    reconcile: 4,
}
"""These are hit at every so many calls, by each fault at others."""
OF_VIP_ALONE = {apple_vip, google_vip, plan_change, refund_of_vip_heard, transfer}
SWEEPS = {sweep, recheck, reconcile}
PASSING = (Killed, ClientError, BotoCoreError, Problem)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda one: one.__name__)
def test_a_flow_that_is_hit_anywhere_ends_as_if_nothing_had_been(
    ground: Ground, flow: Flow, tables_on: str
) -> None:
    step = flow(ground.stage)
    ground.keep()
    wanted = step(), _end(ground)
    assert wanted[0] is not None
    hits = 0
    every = calls_to_the_next_hit(flow, tables_on)
    for number, fault in enumerate(FAULTS):
        for at in range(number % every, MOST_CALLS, every):
            ground.back()
            with ground.way.striking(fault, at):
                answer = _try(step)
            if ground.way.struck is None:
                break  # it makes no more calls than that
            hits += 1
            found = _answered(ground, step, answer), _end(ground)
            assert found == wanted, (fault.name, at)
    assert hits >= 5


def calls_to_the_next_hit(flow: Flow, tables_on: str) -> int:
    """A server takes a while for each try: there, what moves coins is hit at every single call."""
    if tables_on == DICT:
        return SLOW.get(flow, 1)
    return max(SLOW.get(flow, 3), 3) if flow in OF_VIP_ALONE | SWEEPS else 1


def _try(step: Step) -> Any:
    try:
        return step()
    except PASSING:
        return None


def _answered(ground: Ground, step: Step, answer: Any) -> Any:
    """Send it again until it is answered, a while later each time."""
    for _ in range(TRIES):
        if answer is not None:
            return answer
        ground.passed += timedelta(minutes=1)
        answer = step()
    raise AssertionError("it is never answered")


def _end(ground: Ground) -> dict[str, Any]:
    """What stands when the sweeps have run too."""
    for _ in range(2):
        ground.wait()
        assert ground.stage.market.settle()["failed"] == 0
    return look(ANNA, BORIS)
