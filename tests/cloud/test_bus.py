"""Others listen to what happens here, on the bus that the stage names."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws import client
from tests.cloud.money import eventually, open_account, set_products


@pytest.fixture
def heard(cloud: dict[str, Any]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Every event since it was asked last, as a queue behind a rule of someone else's gets them."""
    where = {"endpoint": cloud["aws_endpoint_url"], "region": cloud["region"]}
    sqs, events = client("sqs", **where), client("events", **where)
    name = f"listener-{uuid.uuid4().hex}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    rule = {"Name": name, "EventBusName": cloud["event_bus"]}
    events.put_rule(**rule, EventPattern=json.dumps({"source": ["cliffhanger"]}))
    target = {"Id": "queue", "Arn": attributes["QueueArn"]}
    events.put_targets(Rule=name, EventBusName=cloud["event_bus"], Targets=[target])

    def take() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in found]

    yield take
    events.remove_targets(Rule=name, EventBusName=cloud["event_bus"], Ids=["queue"])
    events.delete_rule(**rule)
    sqs.delete_queue(QueueUrl=url)


def test_a_purchase_is_heard_on_the_bus_that_endpoints_json_names(
    cloud: dict[str, Any], heard: Callable[[], list[dict[str, Any]]]
) -> None:
    assert cloud["event_bus"] == "cliffhanger"
    set_products(cloud)
    buyer = open_account(cloud)
    assert buyer.claim_apple(buyer.buy_from_apple()).status == 200
    told: list[str] = []

    def granted() -> bool:
        told.extend(
            one["detail-type"] for one in heard() if one["detail"].get("viewer_id") == buyer.id
        )
        return "purchase.granted" in told

    eventually(granted, True)
