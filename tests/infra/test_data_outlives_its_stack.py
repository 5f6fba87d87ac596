"""Production keeps what cannot be made again, and lets nobody else read it."""

import pytest

from tests.infra.conftest import Templates, resources


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::DynamoDB::GlobalTable",
        "AWS::S3::Bucket",
        "AWS::Cognito::UserPool",
        "AWS::SecretsManager::Secret",
        "AWS::Logs::LogGroup",
    ],
)
def test_production_retains_it(prod: Templates, kind: str) -> None:
    found = resources(prod, kind)
    assert found
    assert {one["DeletionPolicy"] for one in found} == {"Retain"}


def test_production_protects_tables_and_users_from_deletion(prod: Templates) -> None:
    for table in resources(prod, "AWS::DynamoDB::GlobalTable"):
        (replica,) = table["Properties"]["Replicas"]
        assert replica["DeletionProtectionEnabled"] is True
        recovery = replica["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True
    (pool,) = resources(prod, "AWS::Cognito::UserPool")
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"


def test_every_bucket_is_private_encrypted_and_takes_tls_alone(prod: Templates) -> None:
    buckets = resources(prod, "AWS::S3::Bucket")
    assert len(buckets) == 3
    for bucket in buckets:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["Properties"]["BucketEncryption"]
    policies = resources(prod, "AWS::S3::BucketPolicy")
    assert len(policies) == len(buckets)
    for policy in policies:
        denials = [
            one
            for one in policy["Properties"]["PolicyDocument"]["Statement"]
            if one["Effect"] == "Deny"
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in [one["Condition"] for one in denials]


def test_uploads_that_are_never_completed_are_freed_after_a_day(prod: Templates) -> None:
    rules = [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for bucket in resources(prod, "AWS::S3::Bucket")
        for rule in bucket["Properties"].get("LifecycleConfiguration", {}).get("Rules", [])
        if "AbortIncompleteMultipartUpload" in rule
    ]
    assert rules == [1]


def test_nobody_signs_up_by_themselves(prod: Templates) -> None:
    (pool,) = resources(prod, "AWS::Cognito::UserPool")
    assert pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Properties"]["UserPoolTier"] == "LITE"
    (client,) = resources(prod, "AWS::Cognito::UserPoolClient")
    assert client["Properties"]["RefreshTokenValidity"] == 3650 * 24 * 60
    assert client["Properties"]["AccessTokenValidity"] == 60
