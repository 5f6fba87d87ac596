"""Alarms on the local cloud: CloudWatch takes them, they ring, and somebody hears what to do.

The local CloudWatch looks at a metric's name and not at its dimensions, and gets no metric of SQS,
CloudFront or MediaConvert. So each alarm is fed its own threshold; what is real here is the alarm
as it was deployed, its state, and the message.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import client
from tests.infra.alarms import Alarm


def aws(cloud: dict[str, Any], service: str) -> Any:
    return client(service, endpoint=cloud["aws_endpoint_url"], region=cloud["region"])


@pytest.fixture
def cloudwatch(cloud: dict[str, Any]) -> Any:
    return aws(cloud, "cloudwatch")


def deployed(cloudwatch: Any) -> list[dict[str, Any]]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    return [
        one
        for page in pages
        for one in page["MetricAlarms"]
        if one["AlarmName"].startswith("Cliffhanger-")
    ]


@pytest.fixture
def heard(cloud: dict[str, Any], cloudwatch: Any) -> Iterator[Any]:
    """What the topic of the alarms has told since this was asked last: the names of the alarms."""
    sqs, sns = aws(cloud, "sqs"), aws(cloud, "sns")
    queue = sqs.create_queue(QueueName="woken")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = found["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(_from_sns(arn))})
    ((topic,), *_) = [one["AlarmActions"] for one in deployed(cloudwatch)]
    subscribed = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn,
        ReturnSubscriptionArn=True,
    )

    def told() -> dict[str, str]:
        found: dict[str, str] = {}
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for one in messages:
                alarm = json.loads(json.loads(one["Body"])["Message"])
                found[alarm["AlarmName"]] = alarm["AlarmDescription"]
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        return found

    yield told
    sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=queue)


def _from_sns(queue_arn: str) -> dict[str, Any]:
    """The policy that a queue needs before a topic may send to it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_function_that_breaks_rings_its_own_alarm(cloud: dict[str, Any], cloudwatch: Any) -> None:
    (found,) = [one for one in deployed(cloudwatch) if "TranscodingErrors" in one["AlarmName"]]
    alarm = Alarm(found["AlarmName"], {"TreatMissingData": "notBreaching", **found})
    (name,) = [one["Value"] for one in found["Dimensions"]]
    began = time.time() - 1
    for _ in range(3):
        answer = aws(cloud, "lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" in answer
    counted = cloudwatch.get_metric_statistics(
        Namespace=found["Namespace"],
        MetricName=found["MetricName"],
        Dimensions=found["Dimensions"],
        StartTime=began,
        EndTime=time.time() + 1,
        Period=found["Period"],
        Statistics=["Sum"],
    )["Datapoints"]
    assert alarm.rings([sum(one["Sum"] for one in counted)])


def test_every_alarm_rings_and_tells_what_to_do(cloudwatch: Any, heard: Any) -> None:
    alarms = deployed(cloudwatch)
    assert len(alarms) > 60
    for one in alarms:
        cloudwatch.set_alarm_state(
            AlarmName=one["AlarmName"], StateValue="OK", StateReason="a test begins"
        )
    heard()
    for one in alarms:
        cloudwatch.put_metric_data(
            Namespace=one["Namespace"],
            MetricData=[
                {
                    "MetricName": one["MetricName"],
                    "Dimensions": one.get("Dimensions", []),
                    "Value": one["Threshold"],
                }
            ],
        )
    quiet = [one["AlarmName"] for one in deployed(cloudwatch) if one["StateValue"] != "ALARM"]
    told = heard()
    for one in alarms:
        cloudwatch.set_alarm_state(
            AlarmName=one["AlarmName"], StateValue="OK", StateReason="the test is over"
        )
    assert quiet == []
    assert set(told) == {one["AlarmName"] for one in alarms}
    for text in told.values():
        assert "docs/runbook.md#" in text
