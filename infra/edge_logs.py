"""What is kept of each request at the edge, without who made it and for what.

A path of media holds the viewer's playback token, and one of the API says what is watched; beside
an address they would tell who watches what. So neither is kept. Standard logging (v2) takes the
fields one by one; the older kind, in the distribution itself, knows no choice.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from infra.edge_region import EDGE_REGION
from infra.grants import acknowledge
from infra.stage import Stage

FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "c-country",
    "cs-method",
    "cs-protocol-version",
    "sc-status",
    "sc-bytes",
    "time-taken",
    "x-edge-result-type",
    "x-edge-detailed-result-type",
    "x-edge-request-id",
)
_PREFIX = "edge"


def deliver_logs(
    stack: cdk.Stack,
    stage: Stage,
    bucket: s3.IBucket,
    distributions: Mapping[str, cloudfront.Distribution],
) -> None:
    """Have the logs of distributions delivered to a bucket, which may stand in any region.

    Args:
        stack: in us-east-1, where CloudFront's deliveries are made.
        stage: names them.
        bucket: gets them below `edge/`.
        distributions: by a name for each.
    """
    destination = logs.CfnDeliveryDestination(
        stack,
        "EdgeLogs",
        name=f"cliffhanger-{stage.name}",
        destination_resource_arn=bucket.arn_for_objects(_PREFIX),
        output_format="json",
    )
    for name, distribution in distributions.items():
        source = logs.CfnDeliverySource(
            stack,
            f"{name}Requests",
            name=f"cliffhanger-{stage.name}-{name.lower()}",
            log_type="ACCESS_LOGS",
            resource_arn=distribution.distribution_arn,
        )
        delivery = logs.CfnDelivery(
            stack,
            f"{name}Delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(FIELDS),
        )
        delivery.add_dependency(source)  # it is named, not referred to


def take_logs(bucket: s3.Bucket) -> None:
    """Let CloudFront's deliveries of this account write to a bucket, and nobody else's."""
    stack = cdk.Stack.of(bucket)
    sources = stack.format_arn(
        service="logs",
        region=EDGE_REGION,
        resource="delivery-source",
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{_PREFIX}/*")],
            conditions={
                "StringEquals": {
                    "s3:x-amz-acl": "bucket-owner-full-control",
                    "aws:SourceAccount": stack.account,
                },
                "ArnLike": {"aws:SourceArn": sources},
            },
        )
    )


def logged_without_paths(distribution: cloudfront.Distribution) -> None:
    """Accept that a distribution keeps no log itself."""
    acknowledge(distribution, "CFR3", "Its log is delivered without paths, see infra/edge_logs.py")
