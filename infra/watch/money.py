"""Money: what Google gives back unless it is told, what nobody believes, what does not add up."""

import aws_cdk as cdk

from cliffhanger.metrics import Metric
from infra.stage import Stage
from infra.watch.alarms import Alarms, Watch, minutes
from infra.watch.metric import own

_HOUR = cdk.Duration.hours(1)
_SIX_HOURS = cdk.Duration.hours(6)  # the reconciler's own


def watch_money(alarms: Alarms, stage: Stage) -> None:
    """Watch purchases, refunds and those who tell of them."""
    _watch_acknowledging(alarms, stage)
    for name, metric, watch in (
        (
            "VerificationFailures",
            own(stage, Metric.NOT_VERIFIED),
            Watch(
                what="Purchases or notifications come that no store has signed for this app.",
                entry="Purchases are not believed",
                threshold=50,
            ),
        ),
        (
            "StoreFailures",
            own(stage, Metric.STORE_FAILURES),
            Watch(
                what="A store does not answer, or refuses our questions.",
                entry="A store is out",
                threshold=20,
            ),
        ),
        (
            "DebtRising",
            own(stage, Metric.DEBT, period=_HOUR),
            Watch(
                what="Viewers spend coins and get the money back: debt rises.",
                entry="Debt rises",
                threshold=10_000,
            ),
        ),
        (
            "RefundsRising",
            own(stage, Metric.REFUNDS, period=_HOUR),
            Watch(what="Many purchases are refunded at once.", entry="Debt rises", threshold=30),
        ),
        (
            "Repairs",
            own(stage, Metric.REPAIRS, period=_SIX_HOURS),
            Watch(
                what="The reconciler finds what no notification told.",
                entry="The reconciler repairs",
                threshold=10,
            ),
        ),
        (
            "ReconcilerFailures",
            own(stage, Metric.RECONCILER_FAILURES, period=_SIX_HOURS),
            Watch(
                what="The reconciler cannot ask a store, goes past what fails, or is a day late.",
                entry="The reconciler fails",
                threshold=1,
                times=2,
                of=2,
            ),
        ),
    ):
        alarms.add(name, metric, watch)


def _watch_acknowledging(alarms: Alarms, stage: Stage) -> None:
    alarms.add(
        "OldestUnacknowledged",
        own(stage, Metric.OLDEST_UNACKNOWLEDGED, "Maximum"),
        Watch(
            what="Google has not heard for six hours that a purchase was delivered; after three"
            " days it gives the money back.",
            entry="Purchases are not acknowledged",
            threshold=6 * 3600,
        ),
    )
    alarms.add(
        "Unacknowledged",
        own(stage, Metric.UNACKNOWLEDGED, "Maximum", period=minutes(15)),
        Watch(
            what="Many purchases wait to be acknowledged to Google.",
            entry="Purchases are not acknowledged",
            threshold=200,
        ),
    )
