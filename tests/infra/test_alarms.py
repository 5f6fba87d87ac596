"""An alarm leads whoever is woken to what it means and what to do."""

import json
import re
from typing import Any

import pytest

from cliffhanger.metrics import NAMESPACE, Metric
from infra.watch.alarms import anchor
from local.layout import ROOT
from tests.infra.alarms import OWN, Alarm, alarms
from tests.infra.conftest import Templates, functions
from tests.infra.test_queues import named, taken_from

RUNBOOK = ROOT / "docs" / "runbook.md"
KNOWN = {
    ("AWS/Lambda", "Errors", ("FunctionName",)),
    ("AWS/Lambda", "Errors", ("FunctionName", "Resource")),
    ("AWS/Lambda", "Throttles", ("FunctionName",)),
    ("AWS/Lambda", "Duration", ("FunctionName",)),
    ("AWS/Lambda", "ConcurrentExecutions", ()),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName",)),
    ("AWS/ApiGateway", "5xx", ("ApiId",)),
    ("AWS/ApiGateway", "Latency", ("ApiId",)),
    ("AWS/ApiGateway", "Count", ("ApiId",)),
    ("AWS/CloudFront", "5xxErrorRate", ("DistributionId", "Region")),
    ("AWS/CloudFront", "4xxErrorRate", ("DistributionId", "Region")),
    ("AWS/CloudFront", "FunctionExecutionErrors", ("FunctionName", "Region")),
    ("AWS/Cognito", "SignUpThrottles", ("UserPool", "UserPoolClient")),
    ("AWS/Cognito", "SignInThrottles", ("UserPool", "UserPoolClient")),
    ("AWS/Cognito", "TokenRefreshThrottles", ("UserPool", "UserPoolClient")),
    ("AWS/DynamoDB", "ReadThrottleEvents", ("TableName",)),
    ("AWS/DynamoDB", "WriteThrottleEvents", ("TableName",)),
    ("AWS/DynamoDB", "ReadThrottleEvents", ("GlobalSecondaryIndexName", "TableName")),
    ("AWS/DynamoDB", "WriteThrottleEvents", ("GlobalSecondaryIndexName", "TableName")),
    ("AWS/MediaConvert", "JobsErroredCount", ("Queue",)),
    ("AWS/MediaConvert", "StandbyTime", ("Queue",)),
    ("AWS/Backup", "NumberOfBackupJobsFailed", ("BackupVaultName",)),
    ("AWS/Backup", "NumberOfBackupJobsExpired", ("BackupVaultName",)),
    ("AWS/WAFV2", "BlockedRequests", ("Rule", "WebACL")),  # of CloudFront: without Region
}
"""What the services' guides name. An alarm on a metric that does not exist never rings."""


def sections() -> dict[str, str]:
    """The entries of the runbook, by the anchor of their heading."""
    parts = re.split(r"^#{2,3} (.+)$", RUNBOOK.read_text(), flags=re.MULTILINE)
    return {anchor(head): text for head, text in zip(parts[1::2], parts[2::2], strict=True)}


def entry(alarm: Alarm) -> str:
    """The anchor that an alarm's text ends with."""
    match = re.search(r" docs/runbook\.md#([\w-]+)$", alarm.text)
    assert match, f"{alarm.name} leads nowhere"
    return match[1]


def test_every_alarm_leads_to_an_entry_that_says_what_it_means_and_what_to_do(
    prod: Templates,
) -> None:
    written = sections()
    for alarm in alarms(prod).values():
        text = written[entry(alarm)]
        assert "**Look:**" in text or "**Means:**" in text, alarm.name
        assert "**Do:**" in text, alarm.name
        assert alarm.text[0].isupper(), alarm.name


def test_no_entry_is_of_an_alarm_that_is_gone(prod: Templates) -> None:
    told = {entry(alarm) for alarm in alarms(prod).values()}
    assert told >= {name for name, text in sections().items() if "**Means:**" in text}


def test_whoever_is_named_is_told(prod: Templates) -> None:
    watching = {name: one for name, one in prod.items() if name != "api"}  # a canary's tell nobody
    for alarm in alarms(watching).values():
        (action,) = alarm.properties["AlarmActions"]
        topic = action.get("Ref") or action["Fn::ImportValue"].partition("OutputRef")[2]
        assert topic.startswith("Alarms"), alarm.name


def test_an_alarm_is_on_a_metric_that_exists(prod: Templates) -> None:
    for alarm in alarms(prod).values():
        if alarm.namespace == OWN:
            assert alarm.metric in set(Metric), alarm.name
            assert alarm.dimensions["stage"] == "prod"
            continue
        place = (alarm.namespace, alarm.metric, tuple(sorted(alarm.dimensions)))
        assert place in KNOWN, alarm.name


@pytest.mark.parametrize("kind", ["Errors", "Throttles", "Slow"])
def test_every_function_is_watched(prod: Templates, kind: str) -> None:
    watched = set(alarms(prod))
    for name in functions(prod):
        title = "".join(part.capitalize() for part in name.split("_"))
        assert f"{title}{kind}" in watched


def test_every_queue_is_watched_with_its_dead_letters(prod: Templates) -> None:
    queues = [re.sub(r"[0-9A-F]{8}$", "", one) for one in taken_from(prod)]
    assert len(queues) == 4
    for queue in queues:
        assert {f"{queue}DeadLetters", f"{queue}Waiting"} <= set(alarms(prod))
        assert anchor(f"Dead letters: {queue}") in sections()


def test_a_function_that_nears_its_timeout_is_told_before_it_is_there(prod: Templates) -> None:
    timeouts = {
        "".join(part.capitalize() for part in name.split("_")): one["Timeout"]
        for name, one in functions(prod).items()
    }
    for title, seconds in timeouts.items():
        assert alarms(prod)[f"{title}Slow"].threshold == 800 * seconds


def test_the_gateways_calls_are_told_before_its_own_throttle_bites(prod: Templates) -> None:
    (stage,) = named(prod, "AWS::ApiGatewayV2::Stage").values()
    a_second = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    alarm = alarms(prod)["ApiCalls"]
    assert alarm.properties["Period"] == 60
    assert alarm.threshold == 0.8 * 60 * a_second


def test_every_alarm_rings_at_its_threshold_and_not_just_below_it(prod: Templates) -> None:
    for alarm in alarms(prod).values():
        often = alarm.properties["EvaluationPeriods"]
        if alarm.is_of_silence:
            assert alarm.rings()
            good = -1 if "Greater" in alarm.properties["ComparisonOperator"] else 1
            assert alarm.rings([alarm.threshold])
            assert not alarm.rings([alarm.threshold + good]), alarm.name
            continue
        assert alarm.rings(*[[alarm.threshold]] * often), alarm.name
        assert not alarm.rings(*[[alarm.threshold - 0.001]] * often), alarm.name
        assert not alarm.rings(), alarm.name
        if often > 1:
            assert not alarm.rings([alarm.threshold]), f"{alarm.name}: one period is not enough"


def test_every_metric_of_ours_is_looked_at(prod: Templates) -> None:
    (board,) = named(prod, "AWS::CloudWatch::Dashboard").values()
    shown = json.dumps(board["DashboardBody"])
    watched = {one.metric for one in alarms(prod).values()}
    for metric in Metric:
        assert metric in watched or f'\\"{metric}\\"' in shown, metric
    assert NAMESPACE in shown


def test_the_dashboard_has_a_row_for_each_kind_of_question(prod: Templates) -> None:
    (board,) = named(prod, "AWS::CloudWatch::Dashboard").values()
    text = _joined(board["DashboardBody"])
    titles = [one["properties"]["markdown"] for one in text["widgets"] if one["type"] == "text"]
    assert titles == [
        f"## {one}"
        for one in (
            "Business",
            "API",
            "Pipeline",
            "Money",
            "Queues",
            "Functions",
            "Edge and tables",
        )
    ]


@pytest.mark.parametrize("metric", [Metric.REJECTED, Metric.NOT_VERIFIED])
def test_the_dashboard_tells_causes_apart_that_the_code_names(
    prod: Templates, metric: Metric
) -> None:
    (board,) = named(prod, "AWS::CloudWatch::Dashboard").values()
    lines = [
        line
        for widget in _joined(board["DashboardBody"])["widgets"]
        for line in widget["properties"].get("metrics", [])
    ]
    searched = [line[0]["expression"] for line in lines if isinstance(line[0], dict)]
    wanted = f'{{{NAMESPACE},stage,cause}} MetricName="{metric}" stage="prod"'
    assert f"SEARCH('{wanted}', 'Sum')" in searched


def _joined(body: Any) -> Any:
    """A dashboard's body with the references in it left out."""
    parts = body["Fn::Join"][1]
    return json.loads("".join(one if isinstance(one, str) else "reference" for one in parts))


def test_the_local_cloud_has_the_same_alarms_but_for_cloudfronts_own(
    prod: Templates, local: Templates
) -> None:
    here, there = (set(alarms({"ops": one["ops"]})) for one in (local, prod))
    assert here == there
    assert set(alarms({"worldwide": prod["worldwide"]})) == {
        "ApiEdgeErrors",
        "MediaEdgeErrors",
        "EdgeRefusals",
        "EdgeFunctionErrors",
    }
    for alarm in alarms(local).values():
        assert "Metrics" not in alarm.properties, "the local cloud refuses math"
