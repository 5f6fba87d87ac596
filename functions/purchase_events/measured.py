"""What the schedules of purchases found, as metrics."""

from collections.abc import Mapping

from cliffhanger import metrics
from cliffhanger.errors import InternalError
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.purchases import unacknowledged
from cliffhanger.purchases.reports import BEHIND, Report


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
    failed = found["failed"] + found["not_moved"]
    if failed:
        metrics.record(Metric.SWEEP_FAILURES, failed, sweep=Sweep.SETTLE)


def reconciled(report: Report) -> None:
    """Record what a run repaired, and which sources were not looked through as they should be."""
    if report.sources:
        metrics.record(Metric.SWEEPS, sweep=Sweep.RECONCILE)
    _repaired(report)
    for name, source in report.sources.items():
        if source.problem:
            metrics.record(Metric.RECONCILER_FAILURES, source=name)


def rechecked(report: Report) -> None:
    """Record what a run repaired, and what it could not do.

    A store that does not answer now is asked in the next run: it counts as a failed call alone.
    """
    metrics.record(Metric.SWEEPS, sweep=Sweep.RECHECK)
    _repaired(report)
    for name, source in report.sources.items():
        if source.problem == BEHIND:
            metrics.record(Metric.RECONCILER_FAILURES, source=name)
        elif source.problem == InternalError.code:
            metrics.record(Metric.SWEEP_FAILURES, sweep=Sweep.RECHECK)


def _repaired(report: Report) -> None:
    for name, source in report.sources.items():
        if source.repairs:
            metrics.record(Metric.REPAIRS, source.repairs, source=name)
