"""Graphs: how a row of the dashboard shares its width."""

from aws_cdk import aws_cloudwatch as cloudwatch

WIDTH = 24
"""Of a dashboard, in CloudWatch's units."""


def graph(title: str, *metrics: cloudwatch.IMetric, across: int) -> cloudwatch.GraphWidget:
    """Return a graph of some metrics, one of so many across the dashboard."""
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH // across)
