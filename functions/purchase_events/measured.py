"""What the schedules of purchases found, as metrics."""

from collections.abc import Mapping

from cliffhanger import metrics
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.purchases import unacknowledged
from cliffhanger.purchases.reconcile import Report


def settled(found: Mapping[str, int]) -> None:
    """Record a sweep that settled what was missed, and what it left."""
    metrics.record(Metric.SWEEPS, sweep=Sweep.SETTLE)
    left = unacknowledged.look()
    metrics.record_all(
        {
            Metric.UNACKNOWLEDGED: left.purchases,
            Metric.OLDEST_UNACKNOWLEDGED: left.oldest_seconds,
        }
    )
    if found["failed"]:
        metrics.record(Metric.SWEEP_FAILURES, found["failed"], sweep=Sweep.SETTLE)


def reconciled(report: Report) -> None:
    """Record what a run repaired, and which sources could not be asked."""
    metrics.record(Metric.SWEEPS, sweep=Sweep.RECONCILE)
    for name, source in report.sources.items():
        if source.repairs:
            metrics.record(Metric.REPAIRS, source.repairs, source=name)
        if source.problem:
            metrics.record(Metric.RECONCILER_FAILURES, source=name)
