"""Functions: failing, throttled, or near the end of their time."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.function import Function
from infra.stage import Stage
from infra.watch.alarms import Alarms, Watch, minutes
from infra.watch.metric import FIVE_MINUTES, of_aws

_NEAR = 0.8  # of a function's time
_FULL = 0.8  # of the account's concurrency


def watch_functions(
    alarms: Alarms, stage: Stage, *, called: Iterable[Function], behind: Iterable[Function]
) -> None:
    """Watch each function, and what all of them share.

    Args:
        alarms: where they are made.
        stage: says how many may run at once.
        called: those that somebody waits for, and that one bad call in thousands may break.
        behind: those behind queues and schedules. A run that fails is tried three times; one run an
            hour may be all there is.
    """
    for function in called:
        _watch(alarms, function, errors=5, within=FIVE_MINUTES)
    for function in behind:
        _watch(alarms, function, errors=3, within=minutes(15))
    alarms.add(
        "Concurrency",
        of_aws("Lambda", "ConcurrentExecutions", statistic="Maximum"),
        Watch(
            what="Four fifths of the planned concurrency are in use; at the quota, calls fail.",
            entry="Lambda concurrency runs out",
            threshold=_FULL * stage.ops.needed_concurrency,
        ),
    )


def _watch(alarms: Alarms, function: Function, *, errors: int, within: cdk.Duration) -> None:
    name = function.node.id
    alarms.add(
        f"{name}Errors",
        function.metric_errors(period=within),
        Watch(what=f"{name} fails, not just refuses.", entry="A function fails", threshold=errors),
    )
    alarms.add(
        f"{name}Throttles",
        function.metric_throttles(period=FIVE_MINUTES),
        Watch(
            what=f"{name} is called more often at once than it may run.",
            entry="A function is throttled",
            threshold=10,
        ),
    )
    assert function.timeout is not None  # noqa: S101 - every function of ours has one
    alarms.add(
        f"{name}Slow",
        function.metric_duration(period=FIVE_MINUTES, statistic=cloudwatch.Stats.MAXIMUM),
        Watch(
            what=f"{name} comes near the end of its time, again and again.",
            entry="A function is slow",
            threshold=_NEAR * function.timeout.to_milliseconds(),
            times=3,
            of=3,
        ),
    )
