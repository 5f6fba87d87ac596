"""What stands in S3 is private, and what nobody needs any more goes."""

from typing import Any

from tests.infra.conftest import Templates, resources


def bucket(templates: Templates, stack: str, name: str) -> dict[str, Any]:
    (found,) = [
        one["Properties"]
        for logical_id, one in templates[stack]["Resources"].items()
        if one["Type"] == "AWS::S3::Bucket" and logical_id[:-8] == name
    ]
    properties: dict[str, Any] = found
    return properties


def rules(found: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found["LifecycleConfiguration"]["Rules"]
    return listed


def test_every_bucket_is_private_encrypted_and_takes_tls_alone(prod: Templates) -> None:
    buckets = resources(prod, "AWS::S3::Bucket")
    assert len(buckets) == 3
    for one in buckets:
        assert set(one["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert one["Properties"]["BucketEncryption"]
    policies = resources(prod, "AWS::S3::BucketPolicy")
    assert len(policies) == len(buckets)
    for policy in policies:
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        denied = [one["Condition"] for one in statements if one["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_the_edge_alone_reads_media_and_only_for_its_own_distribution(prod: Templates) -> None:
    (policy,) = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for one in prod["edge"]["Resources"].values()
        if one["Type"] == "AWS::S3::BucketPolicy"
    ]
    (allowed,) = [one for one in policy if one["Effect"] == "Allow"]
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in allowed["Condition"]["StringEquals"]


def test_what_is_never_completed_is_freed_after_a_day(prod: Templates, local: Templates) -> None:
    for templates in (prod, local):
        for found in (bucket(templates, "data", "Sources"), bucket(templates, "edge", "Media")):
            (rule,) = rules(found)
            assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
            assert "ExpirationInDays" not in rule


def test_a_deleted_master_of_production_can_be_had_back_for_thirty_days(prod: Templates) -> None:
    found = bucket(prod, "data", "Sources")
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = rules(found)
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_media_has_no_versions_since_it_is_never_written_over(prod: Templates) -> None:
    assert "VersioningConfiguration" not in bucket(prod, "edge", "Media")
