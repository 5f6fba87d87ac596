"""Graphs of what our code counts: the business, the pipeline, the money."""

from aws_cdk import aws_cloudwatch as cloudwatch

from cliffhanger.metrics import Metric
from infra.stage import Stage
from infra.watch.graph import graph
from infra.watch.metric import by_cause, of_aws, own


def business(stage: Stage) -> list[cloudwatch.IWidget]:
    """Return who came, and what they opened and bought."""
    return [
        graph(
            "New guests, and those who wait",
            own(stage, Metric.GUESTS),
            own(stage, Metric.GUESTS_THROTTLED),
            across=4,
        ),
        graph("Unlocks", own(stage, Metric.UNLOCKS), own(stage, Metric.UNLOCKED_COINS), across=4),
        graph(
            "Locked, or too few coins",
            own(stage, Metric.PAYMENT_REQUIRED, cause="episode_locked"),
            own(stage, Metric.PAYMENT_REQUIRED, cause="insufficient_coins"),
            across=4,
        ),
        graph(
            "Coin packs",
            own(stage, Metric.GRANTS, store="apple"),
            own(stage, Metric.GRANTS, store="google"),
            own(stage, Metric.REFUNDS),
            across=4,
        ),
    ]


def pipeline(stage: Stage, mediaconvert_queue_arn: str) -> list[cloudwatch.IWidget]:
    """Return what became of uploads, and why some were turned away."""
    queue = {"Queue": mediaconvert_queue_arn}
    names = (Metric.UPLOADS, Metric.READY, Metric.REJECTED, Metric.FAILED)
    return [
        graph("Uploads and what became of them", *(own(stage, one) for one in names), across=4),
        graph("Rejected, by cause", by_cause(stage, Metric.REJECTED), across=4),
        graph(
            "Seconds to ready",
            *(own(stage, Metric.TIME_TO_READY, part) for part in ("p50", "p95", "Maximum")),
            across=4,
        ),
        graph(
            "MediaConvert",
            of_aws("MediaConvert", "JobsCompletedCount", queue),
            of_aws("MediaConvert", "JobsErroredCount", queue),
            own(stage, Metric.TRANSCODER_THROTTLED),
            across=4,
        ),
    ]


def money(stage: Stage) -> list[cloudwatch.IWidget]:
    """Return what stands between us and the stores, and which purchases are not believed."""
    return [
        graph(
            "Not acknowledged to Google",
            own(stage, Metric.UNACKNOWLEDGED, "Maximum"),
            own(stage, Metric.OLDEST_UNACKNOWLEDGED, "Maximum"),
            across=4,
        ),
        graph(
            "Notifications, and what they did not tell",
            own(stage, Metric.NOTIFICATIONS),
            own(stage, Metric.REPAIRS),
            across=4,
        ),
        graph("Not believed, by cause", by_cause(stage, Metric.NOT_VERIFIED), across=4),
        graph(
            "Not answered, owed",
            own(stage, Metric.STORE_FAILURES),
            own(stage, Metric.DEBT),
            across=4,
        ),
    ]
