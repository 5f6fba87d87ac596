"""Sweeps: they find what was lost on the way, so somebody must find out when they are lost."""

import aws_cdk as cdk

from cliffhanger.metrics import Metric, Sweep
from infra.stage import Stage
from infra.watch.alarms import Alarms, Watch, minutes
from infra.watch.metric import own

_SILENT_AFTER = {
    Sweep.JOBS: cdk.Duration.minutes(30),
    Sweep.SETTLE: cdk.Duration.minutes(30),
    Sweep.RECHECK: cdk.Duration.minutes(30),
    Sweep.EDGE: cdk.Duration.hours(1),
    Sweep.RETENTION: cdk.Duration.hours(3),
    Sweep.RECONCILE: cdk.Duration.hours(12),
}


def watch_sweeps(alarms: Alarms, stage: Stage) -> None:
    """Watch that each sweep runs, and that what it finds can be done."""
    for sweep, silence in _SILENT_AFTER.items():
        alarms.add(
            f"{sweep.capitalize()}SweepSilent",
            own(stage, Metric.SWEEPS, period=silence, sweep=sweep.value),
            Watch(
                what=f"The sweep {sweep} has not run for {silence.to_human_string()}.",
                entry="A sweep does not run",
                threshold=0,
                below=True,
                silence_alarms=True,
            ),
        )
    alarms.add(
        "SweepFailures",
        own(stage, Metric.SWEEP_FAILURES, period=minutes(15)),
        Watch(
            what="Sweeps find things that they cannot do, for three quarters of an hour.",
            entry="A sweep fails",
            threshold=1,
            times=3,
            of=3,
        ),
    )
