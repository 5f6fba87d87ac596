"""Faults on demand, for tests: what AWS does on a bad day, when a test asks for it.

`POST /_faults` with JSON replaces the plan, `DELETE /_faults` ends it, `GET /_faults` shows it, and
how many events were lost under it, by status:

    {"seed": 7,
     "throttle": 0.5,
     "events": {"lose": ["COMPLETE"], "lose_share": 0.3, "repeat": 3, "delay_seconds": [0, 2],
                "shuffle": true},
     "create_job_times_out_after_making_it": 1,
     "fail_jobs": [1999],
     "hold_jobs_seconds": 3}

- `throttle`: the share of API calls that answer 429 TooManyRequestsException.
- `events`: those whose status is in `lose` are never sent, and of the others the share
  `lose_share`, drawn for each event, is not. What is left is sent `repeat` times, each after a
  delay drawn from `delay_seconds`. A job's events keep their order unless `shuffle` is set; then
  each comes after its own delay (0 to 2 seconds where no delay is given).
- `create_job_times_out_after_making_it`: so many CreateJob calls make their job and then drop
  the connection without an answer. botocore retries such a call with the same token, and within
  a minute gets the job: turn its retries off, or set the number above their count, to see the
  caller fail.
- `fail_jobs`: the error codes with which the next jobs end in ERROR, one each.
- `hold_jobs_seconds`: a job waits so long in PROGRESSING before it is encoded.
- `seed`: makes the draws repeatable.
"""

import random
import threading
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from local.mediaconvert.errors import JobFailed

EventStatus = Literal[
    "PROGRESSING", "INPUT_INFORMATION", "STATUS_UPDATE", "COMPLETE", "ERROR", "CANCELED"
]
Seconds = Annotated[float, Field(ge=0, le=600)]
SHUFFLE_SECONDS = (0.0, 2.0)


class EventFaults(BaseModel, frozen=True, extra="forbid"):
    """What happens to the events of jobs."""

    lose: frozenset[EventStatus] = frozenset()
    lose_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    repeat: Annotated[int, Field(ge=1, le=100)] = 1
    delay_seconds: tuple[Seconds, Seconds] = (0.0, 0.0)
    shuffle: bool = False


class FaultPlan(BaseModel, frozen=True, extra="forbid"):
    """The body of POST /_faults."""

    seed: int | None = None
    throttle: Annotated[float, Field(ge=0, le=1)] = 0.0
    events: EventFaults = EventFaults()
    create_job_times_out_after_making_it: Annotated[int, Field(ge=0)] = 0
    fail_jobs: tuple[int, ...] = ()
    hold_jobs_seconds: Seconds = 0.0


class Faults:
    """The plan in force, and what is left of its countdowns. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.replace(FaultPlan())

    def replace(self, plan: FaultPlan) -> None:
        """Put a plan into force; the plain `FaultPlan()` is no fault at all."""
        with self._lock:
            self.plan = plan
            self._lost: Counter[str] = Counter()
            self._random = random.Random(plan.seed)
            self._timeouts_left = plan.create_job_times_out_after_making_it
            self._failures_left = list(plan.fail_jobs)

    def shown(self) -> dict[str, Any]:
        """The plan in force, and `lost`: events that were not sent under it, by status."""
        with self._lock:
            return self.plan.model_dump(mode="json") | {"lost": dict(self._lost)}

    def throttles(self) -> bool:
        """Whether this call is one that is throttled."""
        with self._lock:
            return self._random.random() < self.plan.throttle

    def drops_answer(self) -> bool:
        """Whether this CreateJob gets no answer."""
        with self._lock:
            drops = self._timeouts_left > 0
            self._timeouts_left -= drops
            return drops

    def fail(self) -> None:
        """End the job that now starts, if its turn to fail has come.

        Raises:
            JobFailed: with the next code of `fail_jobs`.
        """
        with self._lock:
            if self._failures_left:
                raise JobFailed(self._failures_left.pop(0), "A failure that was asked for")

    def delays(self, status: str) -> list[float]:
        """The seconds after which each copy of an event is sent; empty when it is lost."""
        with self._lock:
            events = self.plan.events
            if status in events.lose or self._random.random() < events.lose_share:
                self._lost[status] += 1
                return []
            span = events.delay_seconds
            if events.shuffle and not any(span):
                span = SHUFFLE_SECONDS
            return [self._random.uniform(*span) for _ in range(events.repeat)]
