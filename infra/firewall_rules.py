"""The rules of the firewall, in their order: who is refused, and how much is too much.

Limits are for one address in five minutes. Behind one address of a mobile network stand many
people, so they stop a flood and no crowd; the gateway's throttles stand behind them.
"""

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_wafv2 as waf

from cliffhanger.routing import Route
from functions.registry import ROUTES

ANYTHING_IN_FIVE_MINUTES = 3000
BY_ROUTE = {"create_guest": 100, "claim_purchase": 100}
"""Operations whose calls cost a user of the pool, or a question to a store."""
INSPECTED_BYTES = 16_384
"""What a web ACL of CloudFront sees of a body, and the largest body of an ordinary route."""
STORES = "/v1/stores/"

_Statement = waf.CfnWebACL.StatementProperty
_AS_WRITTEN = [
    waf.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE"),
    waf.CfnWebACL.TextTransformationProperty(priority=1, type="NORMALIZE_PATH"),
]


def _problem(status: int, code: str, title: str, detail: str) -> str:
    kind = f"urn:cliffhanger:problem:{code}"
    return json.dumps(
        {"type": kind, "title": title, "status": status, "detail": detail, "code": code}
    )


BODIES = {
    "TooMany": _problem(
        429, "too_many_requests", "Too many requests", "Wait some minutes and try again."
    ),
    "TooLarge": _problem(
        413, "payload_too_large", "The body is too large", "No call of this route needs so much."
    ),
}


def rules() -> list[waf.CfnWebACL.RuleProperty]:
    """Return the rules. The cheap ones come first."""
    guests, purchases = (_route(operation) for operation in BY_ROUTE)
    made = [
        _managed("IpReputation", "AWSManagedRulesAmazonIpReputationList"),
        _limit("Guests", BY_ROUTE["create_guest"], _calls(guests)),
        _limit("Purchases", BY_ROUTE["claim_purchase"], _calls(purchases)),
        # A store tells about all of its buyers from few addresses, and each word is signed.
        _limit("Anything", ANYTHING_IN_FIVE_MINUTES, _not(_below(STORES))),
        _body_size(),
        # Its own rule of the size stops at 8 KB, which a receipt may have: the one above replaces
        # it. And it is not known that every server of a store says what it is.
        _managed(
            "Common", "AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY", "NoUserAgent_HEADER"
        ),
        _managed("BadInputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    ]
    for priority, rule in enumerate(made):
        rule["priority"] = priority
    return [waf.CfnWebACL.RuleProperty(**rule) for rule in made]


def wide_prefixes(routes: Sequence[Route] = ROUTES) -> list[str]:
    """Return where bodies may be larger than what is inspected: the code has each route's limit."""
    wide = {
        route.full_path.partition("{")[0] for route in routes if route.body_bytes > INSPECTED_BYTES
    }
    return sorted(one for one in wide if not any(one != o and one.startswith(o) for o in wide))


def _route(operation: str) -> Route:
    return next(route for route in ROUTES if route.operation == operation)


def _body_size() -> dict[str, Any]:
    large = _Statement(
        size_constraint_statement=waf.CfnWebACL.SizeConstraintStatementProperty(
            comparison_operator="GT",
            size=INSPECTED_BYTES,
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(
                body=waf.CfnWebACL.BodyProperty(oversize_handling="MATCH")
            ),
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")
            ],
        )
    )
    ordinary = [_not(_below(prefix)) for prefix in wide_prefixes()]
    return _rule("BodySize", _and(large, *ordinary), action=_block(413, "TooLarge"))


def _limit(name: str, limit: int, scope: _Statement) -> dict[str, Any]:
    rate = waf.CfnWebACL.RateBasedStatementProperty(
        aggregate_key_type="IP",
        limit=limit,
        evaluation_window_sec=300,
        scope_down_statement=scope,
    )
    return _rule(name, _Statement(rate_based_statement=rate), action=_block(429, "TooMany"))


def _managed(name: str, group: str, *counted: str) -> dict[str, Any]:
    count = waf.CfnWebACL.RuleActionProperty(count={})
    statement = _Statement(
        managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
            vendor_name="AWS",
            name=group,
            rule_action_overrides=[
                waf.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=count)
                for rule in counted
            ],
        )
    )
    return _rule(name, statement, override_action=waf.CfnWebACL.OverrideActionProperty(none={}))


def _rule(name: str, statement: _Statement, **how: Any) -> dict[str, Any]:
    seen = waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
    return {"name": name, "statement": statement, "visibility_config": seen, **how}


def _block(status: int, body: str) -> waf.CfnWebACL.RuleActionProperty:
    answer = waf.CfnWebACL.CustomResponseProperty(
        response_code=status, custom_response_body_key=body
    )
    return waf.CfnWebACL.RuleActionProperty(
        block=waf.CfnWebACL.BlockActionProperty(custom_response=answer)
    )


def _calls(route: Route) -> _Statement:
    method = waf.CfnWebACL.ByteMatchStatementProperty(
        field_to_match=waf.CfnWebACL.FieldToMatchProperty(method={}),
        positional_constraint="EXACTLY",
        search_string=route.method,
        text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
    )
    return _and(_Statement(byte_match_statement=method), _below(route.full_path))


def _below(prefix: str) -> _Statement:
    return _Statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string=prefix,
            text_transformations=_AS_WRITTEN,
        )
    )


def _not(statement: _Statement) -> _Statement:
    return _Statement(not_statement=waf.CfnWebACL.NotStatementProperty(statement=statement))


def _and(*statements: _Statement) -> _Statement:
    return _Statement(and_statement=waf.CfnWebACL.AndStatementProperty(statements=list(statements)))
