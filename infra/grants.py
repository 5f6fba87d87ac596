"""Grants of single actions, where the constructs' own grants give more than a function needs."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from cliffhanger.tables import Index, LocalIndex


def on_objects(bucket: s3.IBucket, grantee: iam.IGrantable, prefix: str, *actions: str) -> None:
    """Let a grantee do these S3 actions on the objects below one prefix, and no other."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"s3:{action}" for action in actions],
        resource_arns=[bucket.arn_for_objects(f"{prefix}/*")],
    )


def listing(bucket: s3.IBucket, grantee: iam.IGrantable, prefix: str) -> None:
    """Let a grantee list the objects below one prefix: only so does S3 tell what is missing."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["s3:ListBucket"],
        resource_arns=[bucket.bucket_arn],
        conditions={"StringLike": {"s3:prefix": [f"{prefix}/*"]}},
    )


def on_table(table: dynamodb.ITable, grantee: iam.IGrantable, *actions: str) -> None:
    """Let a grantee do these DynamoDB actions on the items of a table, and not on its indexes."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"dynamodb:{action}" for action in actions],
        resource_arns=[table.table_arn],
    )


def sign_with(key: kms.IKey, grantee: iam.IGrantable) -> None:
    """Let a grantee sign with a key and hand out its public half, and do nothing else with it."""
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["kms:Sign", "kms:GetPublicKey"], resource_arns=[key.key_arn]
    )


def to_queue(queue: sqs.IQueue, grantee: iam.IGrantable) -> None:
    """Let a grantee send messages to a queue, and do nothing else to it."""
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[queue.queue_arn]
    )


def on_partitions(
    table: dynamodb.ITable, grantee: iam.IGrantable, partitions: list[str], *actions: str
) -> None:
    """Let a grantee do these actions on the items of some partitions of a table, and no other.

    Args:
        table: holds much else.
        grantee: who.
        partitions: the values of the partition key; `*` stands for anything.
        *actions: of DynamoDB.
    """
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"dynamodb:{action}" for action in actions],
        resource_arns=[table.table_arn],
        conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": partitions}},
    )


def on_index(table: dynamodb.ITable, grantee: iam.IGrantable, index: Index | LocalIndex) -> None:
    """Let a grantee query one index of a table, and no other."""
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["dynamodb:Query"],
        resource_arns=[f"{table.table_arn}/index/{index.name}"],
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
