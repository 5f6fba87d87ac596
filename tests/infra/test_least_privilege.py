"""What each function may do, in full. A new right is a new line here."""

import re
from typing import Any

import pytest

from functions.registry import HTTP_FUNCTIONS
from tests.infra.conftest import Templates, functions

TAKE = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
}
ACCOUNT = "arn:aws:mediaconvert:us-east-1:account"
READ_SECRET = {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}
SECRETS = "arn:aws:secretsmanager:us-east-1:account:secret:cliffhanger/prod"
BUYING = {
    # of products alone, see below
    "ContentTable": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"},
    "CommerceTable": {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    },
    "CommerceTable/index/pages": {"dynamodb:Query"},
    "Bus": {"events:PutEvents"},
    f"{SECRETS}/apple-??????": READ_SECRET,
    f"{SECRETS}/google-??????": READ_SECRET,
}
RIGHTS: dict[str, dict[str, set[str]]] = {
    "identity": {
        "Viewers": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminSetUserPassword",
            "cognito-idp:AdminInitiateAuth",
            "cognito-idp:AdminUserGlobalSignOut",
            "cognito-idp:AdminDeleteUser",
        },
        "CommerceTable": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "CommerceTable/index/pages": {"dynamodb:Query"},
        "ContentTable": {"dynamodb:PutItem"},  # of viewers alone, see below
        "EdgeWrites": {"sqs:SendMessage"},
    },
    "catalog": {
        "ContentTable": {"dynamodb:GetItem", "dynamodb:Query"},
        "ContentTable/index/shelf": {"dynamodb:Query"},
    },
    "studio": {
        "ContentTable": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "Media/media/*": {"s3:GetObject", "s3:PutObject"},  # captions
        "Bus": {"events:PutEvents"},
        "EdgeWrites": {"sqs:SendMessage"},
        "Sources/sources/*": {
            "s3:PutObject",
            "s3:GetObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
        },
    },
    "viewing": {
        "ContentTable": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"},
        "CommerceTable": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "CommerceTable/index/pages": {"dynamodb:Query"},
        "Bus": {"events:PutEvents"},
        "PlaybackKeys": {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"},
    },
    "wallet": {
        "CommerceTable": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "CommerceTable/index/pages": {"dynamodb:Query"},
    },
    "entitlements": {
        "ContentTable": {"dynamodb:BatchGetItem", "dynamodb:Query"},
        "CommerceTable": {"dynamodb:BatchGetItem", "dynamodb:Query"},
        "StatementKey": {"kms:Sign", "kms:GetPublicKey"},
    },
    "transcoding": {
        "ContentTable": {
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "Media": {"s3:ListBucket"},
        "Media/media/*": {"s3:GetObject", "s3:PutObject"},
        "ContentTable/index/due": {"dynamodb:Query"},
        "Bus": {"events:PutEvents"},
        "Sources/sources/*": {"s3:GetObject"},
        "MediaConvertRole": {"iam:PassRole"},
        "Queue": {"mediaconvert:CreateJob"},
        f"{ACCOUNT}:jobs/*": {
            "mediaconvert:CancelJob",
            "mediaconvert:GetJob",
            "mediaconvert:TagResource",
        },
        f"{ACCOUNT}:*": {"mediaconvert:Probe", "mediaconvert:SearchJobs"},
        "Uploads": TAKE,
        "Jobs": TAKE,
    },
    "retention": {
        "ContentTable": {"dynamodb:UpdateItem"},
        "ContentTable/index/due": {"dynamodb:Query"},
        "Sources/sources/*": {"s3:GetObject"},
        "Media": {"s3:ListBucket"},
        "Media/media/*": {"s3:DeleteObject"},
    },
    "purchases": BUYING
    | {
        "CommerceTable/index/due": {"dynamodb:Query"},
        "ContentTable": BUYING["ContentTable"] | {"dynamodb:PutItem"},
    },
    "store_notices": {"Notifications": {"sqs:SendMessage"}},
    "purchase_events": BUYING
    | {
        "Viewers": {"cognito-idp:AdminUserGlobalSignOut"},
        "CommerceTable/index/due": {"dynamodb:Query"},
        "Notifications": TAKE,
    },
    "playback_keys": {
        "ContentTable": {"dynamodb:BatchGetItem"},
        "ContentTable/index/due": {"dynamodb:Query"},
        "PlaybackKeys": {
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecret",
            "secretsmanager:UpdateSecretVersionStage",
        },
        "Keys": {
            "cloudfront-keyvaluestore:DescribeKeyValueStore",
            "cloudfront-keyvaluestore:ListKeys",
            "cloudfront-keyvaluestore:UpdateKeys",
        },
        "EdgeWrites": TAKE,
    },
}
for _spec in HTTP_FUNCTIONS:
    RIGHTS[_spec.name]["OriginSecret"] = READ_SECRET  # which calls came through the edge
BUS = "arn:aws:events:us-east-1:account:event-bus/cliffhanger"
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}


def plain(resource: Any) -> str:
    """A resource of a statement by its name in the stacks, whatever way it is referred to."""
    match resource:
        case {"Fn::Join": ["", parts]}:
            name = "".join(plain(part) for part in parts)
            return "Bus" if name == BUS else name
        case {"Fn::ImportValue": export}:
            found = re.search(r"ExportsOutput(?:FnGetAtt|Ref)(\w+?)[0-9A-F]{8}", export)
            assert found, export
            return found[1]
        case {"Fn::GetAtt": [logical_id, _]}:
            return re.sub(r"[0-9A-F]{8}$", "", logical_id)
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": "AWS::AccountId"}:
            return "account"
    assert isinstance(resource, str), resource
    return resource


def rights_of_role(templates: Templates, role: str) -> dict[str, set[str]]:
    """What every policy of a role allows: actions by resource."""
    found: dict[str, set[str]] = {}
    for template in templates.values():
        for one in template["Resources"].values():
            if one["Type"] != "AWS::IAM::Policy" or {"Ref": role} not in one["Properties"]["Roles"]:
                continue
            for statement in one["Properties"]["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow"
                for resource in listed(statement["Resource"]):
                    found.setdefault(plain(resource), set()).update(listed(statement["Action"]))
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_function_is_in_the_list(prod: Templates) -> None:
    assert set(functions(prod)) == set(RIGHTS)


@pytest.mark.parametrize("name", RIGHTS)
def test_a_function_may_do_what_the_list_says_and_write_its_own_log(
    prod: Templates, name: str
) -> None:
    function = functions(prod)[name]
    found = rights_of_role(prod, function["Role"]["Fn::GetAtt"][0])
    assert found.pop("*") == TRACING
    assert found.pop(plain({"Fn::GetAtt": [function["LoggingConfig"]["LogGroup"]["Ref"], ""]})) == (
        LOGGING
    )
    assert found == RIGHTS[name]


def test_retention_alone_deletes_and_nothing_scans_a_table_or_does_everything() -> None:
    deleting = {
        (name, resource)
        for name, rights in RIGHTS.items()
        for resource, actions in rights.items()
        if {"s3:DeleteObject", "s3:DeleteObjectVersion"} & actions
    }
    assert deleting == {("retention", "Media/media/*")}
    granted = {action for rights in RIGHTS.values() for one in rights.values() for action in one}
    assert "dynamodb:Scan" not in granted
    assert not [one for one in granted if "*" in one]


def test_identity_puts_the_items_of_viewers_alone_among_the_content(prod: Templates) -> None:
    role = functions(prod)["identity"]["Role"]["Fn::GetAtt"][0]
    statements = [
        statement
        for one in prod["api"]["Resources"].values()
        if one["Type"] == "AWS::IAM::Policy" and {"Ref": role} in one["Properties"]["Roles"]
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "dynamodb:PutItem"
    ]
    (condition,) = [one["Condition"] for one in statements]
    assert condition == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["vwr_*"]}}


@pytest.mark.parametrize("name", ["purchases", "purchase_events"])
def test_who_grants_purchases_sees_products_alone_of_the_content(
    prod: Templates, name: str
) -> None:
    role = functions(prod)[name]["Role"]["Fn::GetAtt"][0]
    conditions = [
        statement.get("Condition")
        for template in prod.values()
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::Policy" and {"Ref": role} in one["Properties"]["Roles"]
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if "ContentTable" in str(statement["Resource"])
    ]
    leading = {"dynamodb:LeadingKeys": ["PRODUCTS", "SOLD#*"]}
    assert conditions
    assert all(one == {"ForAllValues:StringLike": leading} for one in conditions)


def test_mediaconvert_reads_masters_and_writes_media_and_works_for_this_account_alone(
    prod: Templates,
) -> None:
    (role,) = [
        name
        for name, one in prod["media"]["Resources"].items()
        if one["Type"] == "AWS::IAM::Role" and "mediaconvert.amazonaws.com" in str(one)
    ]
    assert rights_of_role(prod, role) == {
        "Sources/sources/*": {"s3:GetObject"},
        "Media/media/*": {"s3:PutObject"},
    }
    (trust,) = prod["media"]["Resources"][role]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert trust["Principal"] == {"Service": "mediaconvert.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_roles_bring_no_policy_of_aws_or_of_another_role(prod: Templates) -> None:
    for template in prod.values():
        for name, one in template["Resources"].items():
            if one["Type"] == "AWS::IAM::Role":
                assert not one["Properties"].get("ManagedPolicyArns"), name
                assert not one["Properties"].get("Policies"), name
