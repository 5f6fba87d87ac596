"""The firewall before the API: whom it refuses, and that it leaves good calls alone."""

import json
from typing import Any

import pytest

from functions.registry import ROUTES
from infra.firewall_rules import ANYTHING_IN_FIVE_MINUTES, INSPECTED_BYTES, wide_prefixes
from tests.infra.alarms import Alarm, alarms
from tests.infra.conftest import Templates, resources


@pytest.fixture
def rules(prod: Templates) -> dict[str, dict[str, Any]]:
    (acl,) = resources(prod, "AWS::WAFv2::WebACL")
    assert acl["Properties"]["Scope"] == "CLOUDFRONT"
    listed = acl["Properties"]["Rules"]
    assert [one["Priority"] for one in listed] == list(range(len(listed)))
    return {one["Name"]: one for one in listed}


def rate(rule: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = rule["Statement"]["RateBasedStatement"]
    assert found["AggregateKeyType"] == "IP"
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    return found


def test_the_managed_groups_refuse_and_do_not_only_count(rules: dict[str, dict[str, Any]]) -> None:
    managed = {
        one["Statement"]["ManagedRuleGroupStatement"]["Name"]: one["OverrideAction"]
        for one in rules.values()
        if "ManagedRuleGroupStatement" in one["Statement"]
    }
    assert set(managed) == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }
    assert all(action == {"None": {}} for action in managed.values())


@pytest.mark.parametrize(
    ("name", "path"), [("Guests", "/v1/guests"), ("Purchases", "/v1/purchases")]
)
def test_one_address_makes_few_guests_and_claims_few_purchases(
    rules: dict[str, dict[str, Any]], name: str, path: str
) -> None:
    told = rate(rules[name])
    assert told["Limit"] < ANYTHING_IN_FIVE_MINUTES / 10
    matched = [
        one["ByteMatchStatement"]["SearchString"]
        for one in told["ScopeDownStatement"]["AndStatement"]["Statements"]
    ]
    assert matched == ["POST", path]


def test_one_address_is_stopped_in_a_flood_unless_it_brings_notifications(
    rules: dict[str, dict[str, Any]],
) -> None:
    told = rate(rules["Anything"])
    assert told["Limit"] == ANYTHING_IN_FIVE_MINUTES
    spared = told["ScopeDownStatement"]["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert (spared["PositionalConstraint"], spared["SearchString"]) == (
        "STARTS_WITH",
        "/v1/stores/",
    )


def test_a_path_is_compared_as_the_gateway_would_read_it(rules: dict[str, dict[str, Any]]) -> None:
    scope = rate(rules["Guests"])["ScopeDownStatement"]["AndStatement"]["Statements"][1]
    transformations = scope["ByteMatchStatement"]["TextTransformations"]
    assert [one["Type"] for one in transformations] == ["URL_DECODE", "NORMALIZE_PATH"]


def test_the_common_set_leaves_the_size_of_bodies_to_a_rule_of_our_own(
    rules: dict[str, dict[str, Any]],
) -> None:
    common = rules["Common"]["Statement"]["ManagedRuleGroupStatement"]
    counted = {one["Name"] for one in common["RuleActionOverrides"]}
    assert "SizeRestrictions_BODY" in counted
    large, *ordinary = rules["BodySize"]["Statement"]["AndStatement"]["Statements"]
    assert large["SizeConstraintStatement"]["Size"] == INSPECTED_BYTES
    spared = [
        one["NotStatement"]["Statement"]["ByteMatchStatement"]["SearchString"] for one in ordinary
    ]
    assert spared == wide_prefixes()


def test_a_route_that_takes_more_is_not_stopped_by_the_size_of_its_body() -> None:
    wide = [one for one in ROUTES if one.body_bytes > INSPECTED_BYTES]
    assert {"claim_purchase", "take_apple_notification", "take_google_notification"} <= {
        one.operation for one in wide
    }
    for route in wide:
        assert route.full_path.startswith(tuple(wide_prefixes())), route.operation
    assert not "/v1/guests".startswith(tuple(wide_prefixes()))


def test_what_it_says_is_a_problem_with_a_code(prod: Templates) -> None:
    (acl,) = resources(prod, "AWS::WAFv2::WebACL")
    bodies = acl["Properties"]["CustomResponseBodies"]
    said = {name: json.loads(one["Content"]) for name, one in bodies.items()}
    assert {(one["status"], one["code"]) for one in said.values()} == {
        (429, "too_many_requests"),
        (413, "payload_too_large"),
    }


def test_its_log_has_no_token(prod: Templates) -> None:
    (logging,) = resources(prod, "AWS::WAFv2::LoggingConfiguration")
    redacted = {one["SingleHeader"]["Name"] for one in logging["Properties"]["RedactedFields"]}
    assert redacted == {"authorization", "cookie"}
    (acl,) = resources(prod, "AWS::WAFv2::WebACL")
    seen = [acl["Properties"], *acl["Properties"]["Rules"]]
    assert not any(one["VisibilityConfig"]["SampledRequestsEnabled"] for one in seen)
    assert {"aws-waf-logs-cliffhanger-prod"} == {
        one["Properties"]["LogGroupName"]
        for one in resources(prod, "AWS::Logs::LogGroup")
        if "LogGroupName" in one["Properties"]
    }


@pytest.fixture
def watched(prod: Templates) -> dict[str, Alarm]:
    """The alarms of the firewall's own stack, by the metric of the rule that they watch."""
    found = alarms({"firewall": prod["firewall"]}).values()
    return {one.dimensions["Rule"]: one for one in found}


def test_every_rule_is_watched_where_and_as_its_metric_is_told(
    prod: Templates, rules: dict[str, dict[str, Any]], watched: dict[str, Alarm]
) -> None:
    (acl,) = resources(prod, "AWS::WAFv2::WebACL")
    name = acl["Properties"]["VisibilityConfig"]["MetricName"]
    assert acl["Properties"]["Name"] == name
    assert set(watched) == {one["VisibilityConfig"]["MetricName"] for one in rules.values()}
    for rule, alarm in watched.items():
        assert (alarm.namespace, alarm.metric) == ("AWS/WAFV2", "BlockedRequests")
        assert alarm.dimensions == {"WebACL": name, "Rule": rule}


def test_a_flood_rings_when_as_much_is_refused_as_one_address_may_ask(
    rules: dict[str, dict[str, Any]], watched: dict[str, Alarm]
) -> None:
    for name in ("Guests", "Purchases", "Anything"):
        limit = rate(rules[name])["Limit"]
        assert watched[name].rings([limit / 5] * 5)
        assert not watched[name].rings([limit / 5] * 4)


def test_a_rule_that_refuses_many_rings_after_a_quarter_of_an_hour_and_a_scanner_does_not(
    watched: dict[str, Alarm],
) -> None:
    for name in ("IpReputation", "BodySize", "Common", "BadInputs"):
        alarm = watched[name]
        assert alarm.properties["Period"] * alarm.properties["EvaluationPeriods"] == 15 * 60
        assert alarm.rings([600], [600], [600])
        assert not alarm.rings([5000], [], [40])
