"""The distribution before the API: what it keeps, what it sends on, and who gets to the API."""

import json
import re
from typing import Any

import pytest

from cliffhanger.origin import HEADER
from cliffhanger.routing import Route
from functions.registry import ROUTES
from infra.front_paths import Kind, fits, kind_of, paths
from tests.infra.conftest import Templates, resources

# CloudFront's own policies (Developer Guide, "Use managed cache policies" and "... origin request
# policies").
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.fixture
def distribution(prod: Templates) -> dict[str, Any]:
    (found,) = [
        one["Properties"]["DistributionConfig"]
        for one in prod["front"]["Resources"].values()
        if one["Type"] == "AWS::CloudFront::Distribution"
    ]
    return dict(found)


@pytest.fixture
def policies(prod: Templates) -> dict[str, dict[str, Any]]:
    """Every cache policy of the stack, by its id."""
    return {
        name: one["Properties"]["CachePolicyConfig"]
        for name, one in prod["front"]["Resources"].items()
        if one["Type"] == "AWS::CloudFront::CachePolicy"
    }


def behaviours(distribution: dict[str, Any]) -> list[dict[str, Any]]:
    return [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]


def behaviour_of(distribution: dict[str, Any], path: str) -> dict[str, Any]:
    """The behaviour that CloudFront takes: the first whose pattern fits."""
    for one in distribution["CacheBehaviors"]:
        if fits(one["PathPattern"], path):
            return dict(one)
    return dict(distribution["DefaultCacheBehavior"])


@pytest.mark.parametrize("route", ROUTES, ids=[one.operation for one in ROUTES])
def test_a_route_is_kept_as_its_table_says_and_no_other_is(
    distribution: dict[str, Any], policies: dict[str, dict[str, Any]], route: Route
) -> None:
    path = re.sub(r"\{\w+\}", "01JD0000000000000000000000", route.full_path)
    policy = behaviour_of(distribution, path)["CachePolicyId"]
    if not route.cache_seconds and policy == CACHING_DISABLED:
        assert not route.by_country, "its country would not reach it"
        return
    config = policies[policy["Ref"]]
    assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0), "what says nothing is not kept"
    if route.cache_seconds:
        assert config["MaxTTL"] >= route.cache_seconds
    else:
        assert config["MaxTTL"] <= 1


def test_the_catalogue_is_kept_by_language_market_page_and_query(
    distribution: dict[str, Any], policies: dict[str, dict[str, Any]]
) -> None:
    config = policies[behaviour_of(distribution, "/v1/dramas")["CachePolicyId"]["Ref"]]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert set(key["HeadersConfig"]["Headers"]) == {
        "Accept-Language",
        "CloudFront-Viewer-Country",
        "Origin",
    }
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "all"
    assert key["CookiesConfig"]["CookieBehavior"] == "none"


def test_what_reads_the_country_is_kept_apart_for_each_token(
    distribution: dict[str, Any], policies: dict[str, dict[str, Any]]
) -> None:
    config = policies[behaviour_of(distribution, "/v1/me")["CachePolicyId"]["Ref"]]
    headers = config["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]
    assert set(headers) == {"Authorization", "CloudFront-Viewer-Country"}


def test_every_path_sends_on_what_the_viewer_sent_over_https_alone(
    distribution: dict[str, Any],
) -> None:
    for one in behaviours(distribution):
        assert one["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST
        assert one["ViewerProtocolPolicy"] == "https-only"
        assert {"DELETE", "GET", "PATCH", "POST", "PUT"} <= set(one["AllowedMethods"])
        assert one["ResponseHeadersPolicyId"]


def test_an_error_is_kept_by_nobody(distribution: dict[str, Any]) -> None:
    kept = {
        one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in distribution["CustomErrorResponses"]
    }
    assert {400, 403, 404, 500, 502, 503, 504} <= set(kept)
    assert set(kept.values()) == {0}


def test_the_edge_sends_the_secret_by_a_reference_and_never_in_clear(
    prod: Templates, distribution: dict[str, Any]
) -> None:
    (origin,) = distribution["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == HEADER
    text = json.dumps(header["HeaderValue"])
    assert "{{resolve:secretsmanager:" in text
    assert ":SecretString:sending::}}" in text
    assert "OriginSecret" in text
    assert json.dumps(prod).count("{{resolve:") == 1, "and nothing else resolves a secret"


def test_the_edge_speaks_tls_1_2_to_the_api_and_to_viewers(distribution: dict[str, Any]) -> None:
    custom = distribution["Origins"][0]["CustomOriginConfig"]
    assert custom["OriginProtocolPolicy"] == "https-only"
    assert custom["OriginSSLProtocols"] == ["TLSv1.2"]
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["Aliases"] == ["api.cliffhanger.example"]


def test_calls_pass_the_firewall(distribution: dict[str, Any]) -> None:
    assert "Acl" in json.dumps(distribution["WebACLId"])


def test_answers_carry_hsts_and_can_be_framed_and_sniffed_by_nobody(prod: Templates) -> None:
    (policy,) = [
        one["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        for one in prod["front"]["Resources"].values()
        if one["Type"] == "AWS::CloudFront::ResponseHeadersPolicy"
    ]
    assert policy["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert policy["StrictTransportSecurity"]["IncludeSubdomains"] is True
    assert policy["ContentTypeOptions"]["Override"] is True
    assert policy["FrameOptions"]["FrameOption"] == "DENY"
    assert "default-src 'none'" in policy["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_a_path_that_one_method_keeps_and_another_does_not_is_refused_at_synth() -> None:
    kept = next(one for one in ROUTES if one.cache_seconds)
    other = Route(
        method="POST", path=kept.path, operation="x", access=kept.access, summary="Not kept"
    )
    assert kind_of(other) is Kind.PRIVATE
    with pytest.raises(ValueError, match="is kept by one method"):
        paths([kept, other])


def test_the_local_stage_leaves_out_what_its_own_edge_stands_in_for(local: Templates) -> None:
    assert "front" not in local
    assert not resources(local, "AWS::WAFv2::WebACL")
