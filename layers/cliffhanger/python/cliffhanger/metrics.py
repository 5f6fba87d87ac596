"""Metrics: every name once, for the code that counts, the dashboard and the alarms.

A metric is one more line of the log, in the Embedded Metric Format, so counting makes no call and
cannot fail one. It is written after the commit that it tells of, and only by whoever has committed:
what comes twice is counted once. Sandbox purchases are not counted, as they are no business.

Each has the dimension `stage`, and a few are told apart once more, by a cause or a kind. A viewer
or a drama is never a dimension: every new value is a metric of its own, and paid for.
"""

from collections.abc import Mapping
from enum import StrEnum

from cliffhanger.settings import Settings, load

NAMESPACE = "Cliffhanger"
STAGE = "stage"


class Metric(StrEnum):
    """What is counted or measured."""

    UPLOADS = "Uploads"
    READY = "AssetsReady"
    TIME_TO_READY = "TimeToReady"
    REJECTED = "AssetsRejected"
    FAILED = "AssetsFailed"
    TRANSCODER_THROTTLED = "TranscoderThrottled"
    GUESTS = "Guests"
    GUESTS_THROTTLED = "GuestsThrottled"
    GRANTS = "Grants"
    REFUNDS = "Refunds"
    DEBT = "DebtCoins"
    UNLOCKS = "Unlocks"
    UNLOCKED_COINS = "UnlockedCoins"
    PAYMENT_REQUIRED = "PaymentRequired"
    NOT_VERIFIED = "NotVerified"
    STORE_FAILURES = "StoreFailures"
    NOTIFICATIONS = "Notifications"
    UNACKNOWLEDGED = "Unacknowledged"
    OLDEST_UNACKNOWLEDGED = "OldestUnacknowledged"
    REPAIRS = "Repairs"
    RECONCILER_FAILURES = "ReconcilerFailures"
    SWEEPS = "Sweeps"
    SWEEP_FAILURES = "SweepFailures"
    KEY_AGE = "PlaybackKeyAge"

    @property
    def unit(self) -> str:
        """The unit, as CloudWatch names it."""
        return "Seconds" if self in _SECONDS else "Count"


class Sweep(StrEnum):
    """A sweep, as `Sweeps` and `SweepFailures` tell them apart. Each counts itself when it ran."""

    JOBS = "jobs"
    RETENTION = "retention"
    SETTLE = "settle"
    RECONCILE = "reconcile"
    RECHECK = "recheck"
    EDGE = "edge"


_SECONDS = (Metric.TIME_TO_READY, Metric.OLDEST_UNACKNOWLEDGED, Metric.KEY_AGE)


class MetricsSettings(Settings):
    """Whose metrics they are."""

    stage: str


def record(metric: Metric, value: float = 1, **apart: str) -> None:
    """Write one value of a metric.

    Args:
        metric: what it is.
        value: how many, or how much in the metric's unit.
        **apart: a dimension by which it is told apart, beside the sum of all, such as `cause`.
    """
    record_all({metric: value}, **apart)


def record_all(values: Mapping[Metric, float], **apart: str) -> None:
    """Write one value each of several metrics, in one line. `apart` is what `record` has."""
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (  # noqa: PLC0415
        AmazonCloudWatchEMFProvider,
    )

    own = {STAGE: load(MetricsSettings).stage}
    # One alarm watches all functions together, so `service` is no dimension: it is left empty.
    line = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service="", default_dimensions=own)
    for metric, value in values.items():
        line.add_metric(name=metric, unit=metric.unit, value=value)
    if apart:
        line.add_dimensions(**apart)
    line.flush_metrics()
