"""The dashboard of a stage: what the business does, and then each thing that it does it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from cliffhanger.metrics import Metric
from infra.edge_region import EDGE_REGION
from infra.function import Function
from infra.stage import Stage
from infra.watch.firewall import RULES, blocked
from infra.watch.metric import of_aws, own
from infra.watch.queues import Watched

_WIDTH = 24


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What of a stage is on its dashboard."""

    functions: Sequence[Function]
    queues: Sequence[Watched]
    tables: Mapping[str, dynamodb.TableV2]
    api_id: str
    distributions: Mapping[str, str]
    edge_function: str
    mediaconvert_queue_arn: str
    firewall: str | None
    """The name of the web ACL's metric, where there is one."""


def dashboard(stack: cdk.Stack, stage: Stage, shown: Shown) -> None:
    """Add the dashboard, a row for each kind of question."""
    rows: dict[str, list[cloudwatch.IWidget]] = {
        "Business": _business(stage),
        "API": _api(shown),
        "Pipeline": _pipeline(stage, shown),
        "Money": _money(stage),
        "Queues": _queues(shown),
        "Functions": _functions(shown),
        "Edge and tables": _edge(shown),
    }
    widgets = [
        [cloudwatch.TextWidget(markdown=f"## {title}", width=_WIDTH, height=1), *row]
        for title, row in rows.items()
    ]
    cloudwatch.Dashboard(
        stack, "Dashboard", dashboard_name=f"cliffhanger-{stage.name}", widgets=widgets
    )


def _graph(title: str, *metrics: cloudwatch.IMetric, across: int) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH // across)


def _business(stage: Stage) -> list[cloudwatch.IWidget]:
    return [
        _graph(
            "New guests, and those who wait",
            own(stage, Metric.GUESTS),
            own(stage, Metric.GUESTS_THROTTLED),
            across=4,
        ),
        _graph("Unlocks", own(stage, Metric.UNLOCKS), own(stage, Metric.UNLOCKED_COINS), across=4),
        _graph(
            "Locked, or too few coins",
            own(stage, Metric.PAYMENT_REQUIRED, cause="episode_locked"),
            own(stage, Metric.PAYMENT_REQUIRED, cause="insufficient_coins"),
            across=4,
        ),
        _graph(
            "Coin packs",
            own(stage, Metric.GRANTS, store="apple"),
            own(stage, Metric.GRANTS, store="google"),
            own(stage, Metric.REFUNDS),
            across=4,
        ),
    ]


def _api(shown: Shown) -> list[cloudwatch.IWidget]:
    here = {"ApiId": shown.api_id}
    return [
        _graph("Calls", of_aws("ApiGateway", "Count", here), across=3),
        _graph(
            "Refused and failed",
            of_aws("ApiGateway", "4xx", here),
            of_aws("ApiGateway", "5xx", here),
            across=3,
        ),
        _graph(
            "Milliseconds",
            *(of_aws("ApiGateway", "Latency", here, part) for part in ("p50", "p95", "p99")),
            across=3,
        ),
    ]


def _pipeline(stage: Stage, shown: Shown) -> list[cloudwatch.IWidget]:
    queue = {"Queue": shown.mediaconvert_queue_arn}
    names = (Metric.UPLOADS, Metric.READY, Metric.REJECTED, Metric.FAILED)
    return [
        _graph("Uploads and what became of them", *(own(stage, one) for one in names), across=3),
        _graph(
            "Seconds to ready",
            *(own(stage, Metric.TIME_TO_READY, part) for part in ("p50", "p95", "Maximum")),
            across=3,
        ),
        _graph(
            "MediaConvert",
            of_aws("MediaConvert", "JobsCompletedCount", queue),
            of_aws("MediaConvert", "JobsErroredCount", queue),
            own(stage, Metric.TRANSCODER_THROTTLED),
            across=3,
        ),
    ]


def _money(stage: Stage) -> list[cloudwatch.IWidget]:
    return [
        _graph(
            "Not acknowledged to Google",
            own(stage, Metric.UNACKNOWLEDGED, "Maximum"),
            own(stage, Metric.OLDEST_UNACKNOWLEDGED, "Maximum"),
            across=3,
        ),
        _graph(
            "Notifications, and what they did not tell",
            own(stage, Metric.NOTIFICATIONS),
            own(stage, Metric.REPAIRS),
            across=3,
        ),
        _graph(
            "Not believed, not answered, owed",
            own(stage, Metric.NOT_VERIFIED),
            own(stage, Metric.STORE_FAILURES),
            own(stage, Metric.DEBT),
            across=3,
        ),
    ]


def _queues(shown: Shown) -> list[cloudwatch.IWidget]:
    return [
        cloudwatch.GraphWidget(
            title=one.name,
            left=[one.queue.metric_approximate_age_of_oldest_message(label="oldest, seconds")],
            right=[
                one.queue.metric_approximate_number_of_messages_visible(label="waiting"),
                *(
                    [dead.queue.metric_approximate_number_of_messages_visible(label="set aside")]
                    if (dead := one.queue.dead_letter_queue)
                    else []
                ),
            ],
            width=_WIDTH // len(shown.queues),
        )
        for one in shown.queues
    ]


def _functions(shown: Shown) -> list[cloudwatch.IWidget]:
    some = shown.functions
    return [
        _graph("Errors", *(one.metric_errors() for one in some), across=3),
        _graph(
            "Milliseconds, p95", *(one.metric_duration(statistic="p95") for one in some), across=3
        ),
        _graph(
            "Running at once",
            of_aws("Lambda", "ConcurrentExecutions", statistic="Maximum"),
            *(one.metric_throttles() for one in some),
            across=3,
        ),
    ]


def _edge(shown: Shown) -> list[cloudwatch.IWidget]:
    graphs = {
        "CloudFront, percent": [
            _cloudfront(name, {"DistributionId": one}, "Average")
            for one in shown.distributions.values()
            for name in ("4xxErrorRate", "5xxErrorRate")
        ],
        "The edge's function breaks down": [
            _cloudfront("FunctionExecutionErrors", {"FunctionName": shown.edge_function}, "Sum")
        ],
        "Refused at the firewall": [
            blocked(acl, rule) for acl in filter(None, [shown.firewall]) for rule in RULES
        ],
        "Tables throttle": [
            of_aws("DynamoDB", f"{kind}ThrottleEvents", {"TableName": one.table_name})
            for one in shown.tables.values()
            for kind in ("Read", "Write")
        ],
    }
    return [_graph(title, *some, across=len(graphs)) for title, some in graphs.items() if some]


def _cloudfront(name: str, place: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    everywhere = dict(place) | {"Region": "Global"}
    return of_aws("CloudFront", name, everywhere, statistic, region=EDGE_REGION)
