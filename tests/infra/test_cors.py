"""Which web pages may call the API: those of the stage file, and locally the demo's own."""

import json
from typing import Any

from local.layout import ROOT
from tests.infra.conftest import LOCAL, Templates, resources


def cors(templates: Templates) -> dict[str, Any]:
    (api,) = resources(templates, "AWS::ApiGatewayV2::Api")
    found: dict[str, Any] = api["Properties"]["CorsConfiguration"]
    return found


def test_the_pages_of_the_stage_file_and_no_other_may_call(prod: Templates) -> None:
    told = cors(prod)
    assert told["AllowOrigins"] == ["https://studio.cliffhanger.example"]
    assert "AllowCredentials" not in told, "a token is sent by the page, never by the browser"


def test_a_page_may_send_every_header_that_the_document_offers(prod: Templates) -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    offered = {
        one["name"].lower()
        for path in document["paths"].values()
        for operation in path.values()
        for one in operation.get("parameters", [])
        if one["in"] == "header"
    }
    assert {"idempotency-key", "x-correlation-id"} <= offered
    free = {"accept-language"}  # a browser asks nobody about it
    asked = offered - free | {"authorization", "content-type"}
    assert set(cors(prod)["AllowHeaders"]) == asked


def test_a_page_can_read_the_id_by_which_a_call_is_found_in_the_logs(prod: Templates) -> None:
    assert cors(prod)["ExposeHeaders"] == ["apigw-requestid"]


def test_the_edge_leaves_a_browsers_question_to_the_gateway(prod: Templates) -> None:
    front = {"front": prod["front"]}
    (distribution,) = resources(front, "AWS::CloudFront::Distribution")
    config = distribution["Properties"]["DistributionConfig"]
    for one in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        assert "OPTIONS" in one["AllowedMethods"]
        assert "OPTIONS" not in one.get("CachedMethods", []), "the answer differs by page"
    (policy,) = resources(front, "AWS::CloudFront::ResponseHeadersPolicy")
    assert "CorsConfig" not in policy["Properties"]["ResponseHeadersPolicyConfig"]


def test_a_studios_page_may_send_a_masters_parts_and_read_what_completes_it(
    prod: Templates,
) -> None:
    with_rules = [
        one["Properties"]["CorsConfiguration"]["CorsRules"]
        for one in resources(prod, "AWS::S3::Bucket")
        if "CorsConfiguration" in one["Properties"]
    ]
    assert with_rules == [
        [
            {
                "AllowedOrigins": ["https://studio.cliffhanger.example"],
                "AllowedMethods": ["PUT"],
                "AllowedHeaders": ["content-type"],
                "ExposedHeaders": ["ETag"],
                "MaxAge": 86_400,
            }
        ]
    ]


def test_the_local_stage_lets_its_own_origin(local: Templates) -> None:
    assert cors(local)["AllowOrigins"] == [LOCAL["public_url"]]
