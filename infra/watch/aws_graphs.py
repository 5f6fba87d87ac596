"""Graphs of what AWS measures: the gateway, queues, functions, the edge and the tables."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from infra.edge_region import EDGE_REGION
from infra.function import Function
from infra.watch.firewall import RULES, blocked
from infra.watch.graph import WIDTH, graph
from infra.watch.metric import of_aws
from infra.watch.queues import Watched


def api(api_id: str) -> list[cloudwatch.IWidget]:
    """Return how many calls come, how many fail, and how long they take."""
    here = {"ApiId": api_id}
    return [
        graph("Calls", of_aws("ApiGateway", "Count", here), across=3),
        graph(
            "Refused and failed",
            of_aws("ApiGateway", "4xx", here),
            of_aws("ApiGateway", "5xx", here),
            across=3,
        ),
        graph(
            "Milliseconds",
            *(of_aws("ApiGateway", "Latency", here, part) for part in ("p50", "p95", "p99")),
            across=3,
        ),
    ]


def queues(some: Sequence[Watched]) -> list[cloudwatch.IWidget]:
    """Return what waits in each queue, for how long, and what was set aside."""
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
            width=WIDTH // len(some),
        )
        for one in some
    ]


def functions(some: Sequence[Function]) -> list[cloudwatch.IWidget]:
    """Return which functions fail, how long they take, and how many run at once."""
    return [
        graph("Errors", *(one.metric_errors() for one in some), across=3),
        graph(
            "Milliseconds, p95", *(one.metric_duration(statistic="p95") for one in some), across=3
        ),
        graph(
            "Running at once",
            of_aws("Lambda", "ConcurrentExecutions", statistic="Maximum"),
            *(one.metric_throttles() for one in some),
            across=3,
        ),
    ]


def edge(
    distributions: Sequence[str], edge_function: str, firewall: str | None
) -> list[cloudwatch.IWidget]:
    """Return what CloudFront answers and refuses. `firewall` is the name of its metric."""
    graphs = {
        "CloudFront, percent": [
            _cloudfront(name, {"DistributionId": one}, "Average")
            for one in distributions
            for name in ("4xxErrorRate", "5xxErrorRate")
        ],
        "The edge's function breaks down": [
            _cloudfront("FunctionExecutionErrors", {"FunctionName": edge_function}, "Sum")
        ],
        "Refused at the firewall": [blocked(firewall, rule) for rule in RULES] if firewall else [],
    }
    return [graph(title, *some, across=4) for title, some in graphs.items() if some]


def tables(some: Iterable[dynamodb.TableV2]) -> cloudwatch.IWidget:
    """Return which tables throttle."""
    throttled = [
        of_aws("DynamoDB", f"{kind}ThrottleEvents", {"TableName": one.table_name})
        for one in some
        for kind in ("Read", "Write")
    ]
    return graph("Tables throttle", *throttled, across=4)


def _cloudfront(name: str, place: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    everywhere = dict(place) | {"Region": "Global"}
    return of_aws("CloudFront", name, everywhere, statistic, region=EDGE_REGION)
