"""Nothing asynchronous is lost: it is brought again, then set aside, and somebody is told."""

from typing import Any

import pytest

from tests.infra.conftest import Templates, resources

FOURTEEN_DAYS = 14 * 24 * 3600


def named(templates: Templates, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by logical id."""
    return {
        logical_id: one["Properties"]
        for template in templates.values()
        for logical_id, one in template["Resources"].items()
        if one["Type"] == kind
    }


def taken_from(templates: Templates) -> dict[str, dict[str, Any]]:
    """The event source mapping of every queue that a function takes from, by the queue's id."""
    mappings = named(templates, "AWS::Lambda::EventSourceMapping").values()
    return {one["EventSourceArn"]["Fn::GetAtt"][0]: one for one in mappings}


def dead(queue: dict[str, Any]) -> str:
    """The id of a queue's dead-letter queue."""
    return str(queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0])


def test_a_queue_waits_six_times_as_long_as_its_function_may_take(prod: Templates) -> None:
    queues = named(prod, "AWS::SQS::Queue")
    functions = named(prod, "AWS::Lambda::Function")
    mappings = taken_from(prod)
    assert mappings
    for queue, mapping in mappings.items():
        function = functions[mapping["FunctionName"]["Ref"]]
        assert queues[queue]["VisibilityTimeout"] >= 6 * function["Timeout"], queue


def test_one_bad_message_does_not_bring_its_whole_batch_again(prod: Templates) -> None:
    for queue, mapping in taken_from(prod).items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], queue


def test_a_throttled_file_holds_no_other_back_and_does_not_outlive_its_function(
    prod: Templates,
) -> None:
    """CreateJob is tried for some fifteen seconds, so a function takes one file at a time."""
    (mapping,) = [one for queue, one in taken_from(prod).items() if queue.startswith("Uploads")]
    assert mapping["BatchSize"] == 1


def test_every_queue_sets_aside_what_goes_on_failing_and_keeps_it_for_two_weeks(
    prod: Templates,
) -> None:
    queues = named(prod, "AWS::SQS::Queue")
    working = set(taken_from(prod))
    set_aside = {dead(queues[queue]) for queue in working}
    assert len(set_aside) == len(working), "no two share one, so that each can be redriven"
    assert set(queues) == working | set_aside
    assert {queues[one]["MessageRetentionPeriod"] for one in set_aside} == {FOURTEEN_DAYS}


def test_an_event_that_cannot_be_delivered_is_set_aside_beside_those_that_failed(
    prod: Templates,
) -> None:
    """A schedule needs none: its next tick asks again."""
    queues = named(prod, "AWS::SQS::Queue")
    rules = [one for one in named(prod, "AWS::Events::Rule").values() if "EventPattern" in one]
    assert rules
    for rule in rules:
        (target,) = rule["Targets"]
        queue = queues[target["Arn"]["Fn::GetAtt"][0]]
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] == dead(queue)


def test_eventbridge_may_send_to_the_queues_of_its_rules_and_for_those_rules_alone(
    prod: Templates,
) -> None:
    allowed = {
        (statement["Resource"]["Fn::GetAtt"][0], source["Fn::GetAtt"][0])
        for policy in named(prod, "AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for source in statement["Condition"]["ArnEquals"].values()
    }
    wanted = set()
    for name, rule in named(prod, "AWS::Events::Rule").items():
        for target in rule["Targets"]:
            wanted.add((target["Arn"]["Fn::GetAtt"][0], name))
            if "DeadLetterConfig" in target:
                wanted.add((target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0], name))
    queues = named(prod, "AWS::SQS::Queue")
    assert allowed == {(target, rule) for target, rule in wanted if target in queues}


def test_queues_take_tls_alone(prod: Templates) -> None:
    denying = {
        statement["Resource"]["Fn::GetAtt"][0]
        for policy in named(prod, "AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert denying == set(named(prod, "AWS::SQS::Queue"))


def test_somebody_is_told_of_every_message_that_was_set_aside(prod: Templates) -> None:
    queues = named(prod, "AWS::SQS::Queue")
    watched = [
        one["Dimensions"][0]["Value"]["Fn::ImportValue"]
        for one in named(prod, "AWS::CloudWatch::Alarm").values()
        if one["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ]
    for queue in taken_from(prod):
        letters = dead(queues[queue])
        assert [one for one in watched if f"GetAtt{letters}QueueName" in one], letters


def waking(templates: Templates) -> dict[str, dict[str, Any]]:
    """The alarms that wake a person. Those of a release take it back by themselves."""
    return named({"ops": templates["ops"]}, "AWS::CloudWatch::Alarm")


def test_somebody_is_told_of_every_function_that_fails(prod: Templates) -> None:
    alarms = [
        one
        for one in waking(prod).values()
        if (one.get("Namespace"), one["MetricName"]) == ("AWS/Lambda", "Errors")
    ]
    assert len(alarms) == len(named(prod, "AWS::Lambda::Function"))


@pytest.mark.parametrize("stack", ["ops", "firewall"])
def test_alarms_wake_the_person_of_the_stage_file(prod: Templates, stack: str) -> None:
    own = {stack: prod[stack]}
    (topic,) = named(own, "AWS::SNS::Topic")
    alarms = named(own, "AWS::CloudWatch::Alarm")
    assert alarms
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": topic}], name
    (subscription,) = resources(own, "AWS::SNS::Subscription")
    assert subscription["Properties"]["Endpoint"] == "oncall@cliffhanger.example"
    assert subscription["Properties"]["TopicArn"] == {"Ref": topic}
