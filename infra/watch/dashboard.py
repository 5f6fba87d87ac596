"""The dashboard of a stage: what the business does, and then each thing that it does it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from infra.function import Function
from infra.stage import Stage
from infra.watch import aws_graphs, our_graphs
from infra.watch.graph import WIDTH
from infra.watch.queues import Watched


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What of a stage is on its dashboard."""

    functions: Sequence[Function]
    queues: Sequence[Watched]
    tables: Mapping[str, dynamodb.TableV2]
    api_id: str
    distributions: Sequence[str]
    edge_function: str
    mediaconvert_queue_arn: str
    firewall: str | None
    """The name of the web ACL's metric, where there is one."""


def dashboard(stack: cdk.Stack, stage: Stage, shown: Shown) -> None:
    """Add the dashboard, a row for each kind of question."""
    rows: dict[str, list[cloudwatch.IWidget]] = {
        "Business": our_graphs.business(stage),
        "API": aws_graphs.api(shown.api_id),
        "Pipeline": our_graphs.pipeline(stage, shown.mediaconvert_queue_arn),
        "Money": our_graphs.money(stage),
        "Queues": aws_graphs.queues(shown.queues),
        "Functions": aws_graphs.functions(shown.functions),
        "Edge and tables": [
            *aws_graphs.edge(shown.distributions, shown.edge_function, shown.firewall),
            aws_graphs.tables(shown.tables.values()),
        ],
    }
    widgets = [
        [cloudwatch.TextWidget(markdown=f"## {title}", width=WIDTH, height=1), *row]
        for title, row in rows.items()
    ]
    cloudwatch.Dashboard(
        stack, "Dashboard", dashboard_name=f"cliffhanger-{stage.name}", widgets=widgets
    )
