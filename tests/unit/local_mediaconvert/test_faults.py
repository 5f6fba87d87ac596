"""Faults on demand: repeatable, and none when none is asked for."""

import pytest

from local.mediaconvert.errors import JobFailed
from local.mediaconvert.faults import FaultPlan, Faults


def faults(**plan: object) -> Faults:
    made = Faults()
    made.replace(FaultPlan.model_validate(plan))
    return made


def test_without_a_plan_nothing_goes_wrong() -> None:
    calm = Faults()
    assert not calm.throttles()
    assert not calm.drops_answer()
    assert calm.delays("COMPLETE") == [0.0]
    calm.fail()


def test_a_seed_makes_the_throttled_calls_the_same_each_time() -> None:
    first, second = faults(seed=7, throttle=0.5), faults(seed=7, throttle=0.5)
    drawn = [first.throttles() for _ in range(20)]
    assert drawn == [second.throttles() for _ in range(20)]
    assert set(drawn) == {True, False}


def test_a_lost_event_is_never_sent_and_the_others_are_repeated() -> None:
    made = faults(events={"lose": ["COMPLETE"], "repeat": 3})
    assert made.delays("COMPLETE") == []
    assert made.delays("PROGRESSING") == [0.0, 0.0, 0.0]


def test_a_delay_lies_in_its_range() -> None:
    made = faults(seed=1, events={"delay_seconds": [1, 2], "repeat": 50})
    assert all(1 <= delay <= 2 for delay in made.delays("COMPLETE"))


def test_so_many_answers_are_dropped_and_no_more() -> None:
    made = faults(create_job_times_out_after_making_it=2)
    assert [made.drops_answer() for _ in range(3)] == [True, True, False]


def test_the_next_jobs_fail_with_the_codes_that_were_asked_for() -> None:
    made = faults(fail_jobs=[1010])
    with pytest.raises(JobFailed) as failure:
        made.fail()
    assert failure.value.code == 1010
    made.fail()
