"""Metrics by name: our own, and those of AWS that no construct offers."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from cliffhanger.metrics import NAMESPACE, STAGE, Metric
from infra.stage import Stage

FIVE_MINUTES = cdk.Duration.minutes(5)


def own(
    stage: Stage,
    metric: Metric,
    statistic: str = "Sum",
    *,
    period: cdk.Duration = FIVE_MINUTES,
    **apart: str,
) -> cloudwatch.Metric:
    """Return a metric that our code writes, of one stage.

    Args:
        stage: whose.
        metric: its name stands in the code that writes it.
        statistic: `Sum`, `Maximum` or another of CloudWatch's.
        period: over which the statistic is taken.
        **apart: the value of the dimension by which the code tells it apart, if not all together.
    """
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric.value,
        dimensions_map={STAGE: stage.name, **apart},
        statistic=statistic,
        period=period,
    )


def by_cause(stage: Stage, metric: Metric) -> cloudwatch.MathExpression:
    """Return a metric that our code writes as one line for each cause, for a graph.

    Causes come and go with the code, so they are searched for ("Use search expressions in graphs",
    CloudWatch User Guide). No alarm can stand on a search.
    """
    wanted = f'{{{NAMESPACE},{STAGE},cause}} MetricName="{metric}" {STAGE}="{stage.name}"'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{wanted}', 'Sum')",
        using_metrics={},
        label="${PROP('Dim.cause')}",
        period=FIVE_MINUTES,
    )


def of_aws(
    service: str,
    name: str,
    dimensions: Mapping[str, str] | None = None,
    statistic: str = "Sum",
    *,
    period: cdk.Duration = FIVE_MINUTES,
    region: str | None = None,
) -> cloudwatch.Metric:
    """Return a metric of an AWS service: `of_aws("ApiGateway", "5xx", {"ApiId": ...})`.

    A dashboard may show one of another `region`; an alarm stands where its metric is.
    """
    return cloudwatch.Metric(
        namespace=f"AWS/{service}",
        metric_name=name,
        dimensions_map=dict(dimensions or {}),
        statistic=statistic,
        period=period,
        region=region,
    )
