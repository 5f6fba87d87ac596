"""The firewall: a flood that it stops, and good calls that it may refuse.

CloudFront's web ACL is measured in us-east-1, where its stack is, so its alarms stand there too.
"""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.edge_region import EDGE_REGION
from infra.firewall_rules import ANYTHING_IN_FIVE_MINUTES, BY_ROUTE
from infra.watch.alarms import Alarms, Watch
from infra.watch.metric import of_aws

_LIMITS = {
    "Guests": BY_ROUTE["create_guest"],
    "Purchases": BY_ROUTE["claim_purchase"],
    "Anything": ANYTHING_IN_FIVE_MINUTES,
}
_OTHERS = ("IpReputation", "BodySize", "Common", "BadInputs")
RULES = (*_LIMITS, *_OTHERS)
_MANY = 500  # in five minutes: scanners knock all day, and seldom so often


def watch_firewall(alarms: Alarms, acl: str) -> None:
    """Watch each rule of a web ACL, which is known by the name of its metric."""
    for rule in RULES:
        watch = _of_limit(rule) if rule in _LIMITS else _of_rule(rule)
        alarms.add(f"Firewall{rule}", blocked(acl, rule), watch)


def _of_limit(rule: str) -> Watch:
    return Watch(
        what=f"The limit {rule} refuses as many calls as it lets one address make.",
        entry="The firewall stops a flood",
        threshold=_LIMITS[rule],
    )


def _of_rule(rule: str) -> Watch:
    return Watch(
        what=f"The rule {rule} refuses many calls, for a quarter of an hour.",
        entry="The firewall refuses calls",
        threshold=_MANY,
        times=3,
        of=3,
    )


def blocked(acl: str, rule: str) -> cloudwatch.Metric:
    """Return how many calls a rule has refused.

    For CloudFront the metric has no dimension `Region` (AWS WAF Developer Guide, "AWS WAF metrics
    and dimensions"), and no value when nothing was refused.
    """
    return of_aws("WAFV2", "BlockedRequests", {"WebACL": acl, "Rule": rule}, region=EDGE_REGION)
