"""Grants of single actions, where the constructs' own grants give more than a function needs."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def on_objects(bucket: s3.IBucket, grantee: iam.IGrantable, prefix: str, *actions: str) -> None:
    """Let a grantee do these S3 actions on the objects below one prefix, and no other."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"s3:{action}" for action in actions],
        resource_arns=[bucket.arn_for_objects(f"{prefix}/*")],
    )


def on_table(
    table: dynamodb.ITable,
    grantee: iam.IGrantable,
    *actions: str,
    indexes: Sequence[str] = (),
) -> None:
    """Let a grantee do these DynamoDB actions on a table and on the indexes that are named."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"dynamodb:{action}" for action in actions],
        resource_arns=[table.table_arn, *(f"{table.table_arn}/index/{name}" for name in indexes)],
    )


def acknowledge_objects(
    construct: IConstruct, export: str, prefix: str, stack: cdk.Stack, reason: str
) -> None:
    """Accept a grant on every object below a prefix of another stack's bucket.

    cdk-nag names such a resource by the export that brings its ARN over.
    """
    acknowledge(construct, f"IAM5[Resource::{stack.stack_name}:{export}/{prefix}/*]", reason)


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept what a cdk-nag rule says of a construct and of what is in it, with the reason why."""
    finding = cdk.Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    cdk.Validations.of(construct).acknowledge(finding)
