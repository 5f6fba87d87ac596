"""The edge's logs tell how much is delivered and how well, and never who watches what."""

import json
from typing import Any

from tests.infra.conftest import Templates, resources

TELLING = {
    "c-ip",
    "c-port",
    "x-forwarded-for",
    "cs-uri-stem",
    "cs-uri-query",
    "cs(Cookie)",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-headers",
}
"""What CloudFront could log of who asks and for what: a path of media holds the viewer's token."""


def named(templates: Templates, kind: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in resources(templates, kind)]


def test_no_distribution_logs_paths_or_addresses(prod: Templates) -> None:
    distributions = named(prod, "AWS::CloudFront::Distribution")
    assert len(distributions) == 2
    for one in distributions:
        assert "Logging" not in one["DistributionConfig"], "that kind has every field"
    for delivery in named(prod, "AWS::Logs::Delivery"):
        assert not TELLING & set(delivery["RecordFields"])
    assert not resources(prod, "AWS::CloudFront::RealtimeLogConfig")


def test_both_distributions_are_logged_where_cloudfront_makes_deliveries(prod: Templates) -> None:
    here = {"worldwide": prod["worldwide"]}
    sources = named(here, "AWS::Logs::DeliverySource")
    assert {one["Name"] for one in sources} == {"cliffhanger-prod-media", "cliffhanger-prod-api"}
    assert {one["LogType"] for one in sources} == {"ACCESS_LOGS"}
    deliveries = named(here, "AWS::Logs::Delivery")
    assert {one["DeliverySourceName"] for one in deliveries} == {one["Name"] for one in sources}
    for one in deliveries:
        assert {"date", "time", "sc-status", "sc-bytes"} <= set(one["RecordFields"])


def test_the_bucket_takes_the_edges_logs_of_this_account_alone(prod: Templates) -> None:
    statements = [
        statement
        for one in named({"data": prod["data"]}, "AWS::S3::BucketPolicy")
        for statement in one["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    ]
    (allowed,) = statements
    assert allowed["Action"] == "s3:PutObject"
    assert "/edge/*" in json.dumps(allowed["Resource"])
    assert allowed["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "us-east-1" in json.dumps(allowed["Condition"]["ArnLike"]["aws:SourceArn"])
