"""Redrive: messages that were given up go back to their queue, once what failed is mended."""

import time
from typing import Any

from botocore.exceptions import ClientError

from operations.errors import OperationError
from operations.queues import Queue, waiting
from operations.target import Target

_POLL_SECONDS = 2
_UNKNOWN = {"InvalidAction", "AWS.SimpleQueueService.UnsupportedOperation", "UnknownOperation"}
_SENT_ALONG = {"MessageGroupId", "MessageDeduplicationId"}


def redrive(target: Target, queue: Queue, *, seconds: float = 600) -> int:
    """Move all dead letters of a queue back to it and return how many went.

    SQS moves them itself. The local cloud's cannot, so there they are moved one by one. Either way
    a message may come twice; every consumer here is made for that.

    Raises:
        OperationError: SQS stopped moving, or did not end in time.
    """
    before = waiting(target, queue)
    sqs = target.client("sqs")
    dead_arn = _arn(sqs, queue.dead_url)
    try:
        sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=_arn(sqs, queue.url))
    except ClientError as error:
        if target.place is None or error.response["Error"]["Code"] not in _UNKNOWN:
            raise OperationError(f"SQS does not redrive {queue.name}: {error}") from error
        return _one_by_one(sqs, queue)
    return _followed(sqs, dead_arn, before, time.monotonic() + seconds)


def _followed(sqs: Any, dead_arn: str, before: int, deadline: float) -> int:
    while True:
        results = sqs.list_message_move_tasks(SourceArn=dead_arn, MaxResults=1)["Results"]
        task = results[0]
        if task["Status"] == "COMPLETED":
            return int(task.get("ApproximateNumberOfMessagesMoved", before))
        if task["Status"] != "RUNNING":
            reason = task.get("FailureReason", "it gives no reason")
            raise OperationError(f"SQS ended the redrive as {task['Status']}: {reason}")
        if time.monotonic() > deadline:
            raise OperationError("The redrive goes on at SQS; look at the queue in some minutes.")
        time.sleep(_POLL_SECONDS)


def _one_by_one(sqs: Any, queue: Queue) -> int:
    """Sent first and deleted then: what fails between the two comes twice, and is not lost."""
    moved = 0
    while True:
        messages = sqs.receive_message(
            QueueUrl=queue.dead_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return moved
        for message in messages:
            told = message["Attributes"]
            sqs.send_message(
                QueueUrl=queue.url,
                MessageBody=message["Body"],
                MessageAttributes=message.get("MessageAttributes", {}),
                **{name: told[name] for name in _SENT_ALONG if name in told},
            )
            sqs.delete_message(QueueUrl=queue.dead_url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1


def _arn(sqs: Any, url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])
