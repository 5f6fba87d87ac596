"""Dead letters on the local cloud: looked at, sent back, and taken at last."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cliffhanger import clock
from operations import queues
from operations.errors import OperationError
from operations.redrive import redrive
from operations.shell import target_of
from operations.target import Target

SECONDS = 60


@pytest.fixture
def target(cloud: dict[str, Any]) -> Target:
    return target_of(None, None, Path(cloud["state"]))


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_every_queue_with_dead_letters_has_a_name(target: Target) -> None:
    assert {"uploads", "jobs", "notifications", "edge_writes"} <= set(queues.queues(target))
    with pytest.raises(OperationError, match=r"no queue uplaods.*notifications, uploads"):
        queues.queue_of(target, "uplaods")


def test_a_message_that_was_given_up_is_looked_at_sent_back_and_passes(target: Target) -> None:
    """An upload that nobody knows is no fault of the queue: the function takes it and goes on."""
    queue = queues.queue_of(target, "uploads")
    event = {
        "id": "redriven",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"object": {"key": "sources/ast_01JQ000000000000000000000A", "size": 1}},
    }
    sqs = target.client("sqs")
    sqs.send_message(QueueUrl=queue.dead_url, MessageBody=json.dumps(event))
    (letter,) = queues.look(target, queue)
    assert "ast_01JQ000000000000000000000A" in letter.body
    assert queues.waiting(target, queue) == 1  # a look takes nothing away
    assert redrive(target, queue) == 1
    assert queues.waiting(target, queue) == 0
    eventually(lambda: _is_empty(sqs, queue.url))
    assert queues.waiting(target, queue) == 0  # it passed: it did not come back


def test_a_notification_keeps_its_place_in_line(target: Target) -> None:
    """The queue is FIFO: a redriven message must stay in the group of its purchase."""
    queue = queues.queue_of(target, "edge_writes")
    sqs = target.client("sqs")
    body = json.dumps({"action": "sweep", "at": clock.iso(clock.now())})
    sqs.send_message(
        QueueUrl=queue.dead_url,
        MessageBody=body,
        MessageGroupId="edge",
        MessageDeduplicationId="redriven",
    )
    assert redrive(target, queue) == 1
    eventually(lambda: _is_empty(sqs, queue.url))
    assert queues.waiting(target, queue) == 0


def test_what_a_store_signed_is_not_shown(target: Target) -> None:
    queue = queues.queue_of(target, "notifications")
    sqs = target.client("sqs")
    receipt = "eyJhbGciOiJFUzI1NiJ9." * 20
    sqs.send_message(
        QueueUrl=queue.dead_url,
        MessageBody=json.dumps({"store": "apple", "payload": receipt}),
        MessageGroupId="purchase",
        MessageDeduplicationId="shown",
    )
    (letter,) = queues.look(target, queue)
    assert "characters)" in letter.body
    assert receipt not in letter.body
    sqs.purge_queue(QueueUrl=queue.dead_url)


def _is_empty(sqs: Any, url: str) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return {told[name] for name in names} == {"0"}
