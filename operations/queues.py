"""The queues of a stage, by the name that operators use, and what waits in their dead letters."""

import json
import re
from dataclasses import dataclass
from typing import Any

from operations.errors import OperationError
from operations.target import Target

_LOOKED_AT = 10


@dataclass(frozen=True)
class Queue:
    """A queue and its dead-letter queue, by their addresses."""

    name: str
    url: str
    dead_url: str


@dataclass(frozen=True)
class DeadLetter:
    """One message that was given up."""

    id: str
    received: int
    sent_at_ms: int
    body: str


def queues(target: Target) -> dict[str, Queue]:
    """Return every queue with dead letters, by name: those that the stacks' outputs tell of."""
    outputs = {name: value for told in target.outputs.values() for name, value in told.items()}
    found = {}
    for output, url in outputs.items():
        match = re.fullmatch(r"(\w+?)(?<!Dead)QueueUrl", output)
        dead = outputs.get(f"{match[1]}DeadQueueUrl") if match else None
        if match and dead:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match[1]).lower()
            found[name] = Queue(name, url, dead)
    return found


def queue_of(target: Target, name: str) -> Queue:
    """Return one queue.

    Raises:
        OperationError: there is none of that name.
    """
    known = queues(target)
    try:
        return known[name]
    except KeyError as error:
        raise OperationError(
            f"There is no queue {name}. Those of the stage {target.stage.name}:"
            f" {', '.join(sorted(known)) or 'none, it is not deployed'}."
        ) from error


def waiting(target: Target, queue: Queue) -> int:
    """Return about how many messages were given up."""
    answer = target.client("sqs").get_queue_attributes(
        QueueUrl=queue.dead_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def look(target: Target, queue: Queue) -> list[DeadLetter]:
    """Return some of the dead letters, ten at most, and leave them where they are."""
    sqs = target.client("sqs")
    answer = sqs.receive_message(
        QueueUrl=queue.dead_url,
        MaxNumberOfMessages=_LOOKED_AT,
        VisibilityTimeout=30,
        MessageSystemAttributeNames=["All"],
    )
    messages = answer.get("Messages", [])
    for message in messages:  # seen, and at once there for the redrive
        sqs.change_message_visibility(
            QueueUrl=queue.dead_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return [_letter(message) for message in messages]


def _letter(message: dict[str, Any]) -> DeadLetter:
    told = message["Attributes"]
    return DeadLetter(
        id=message["MessageId"],
        received=int(told["ApproximateReceiveCount"]),
        sent_at_ms=int(told["SentTimestamp"]),
        body=_shortened(message["Body"]),
    )


def _shortened(body: str) -> str:
    """The message on one line. What a store has signed is cut: it is long, and it is personal."""
    try:
        values = json.loads(body)
    except ValueError:
        return f"{len(body)} characters that are no JSON"
    return json.dumps(_cut(values))


def _cut(value: Any) -> Any:
    match value:
        case dict():
            return {name: _cut(one) for name, one in value.items()}
        case list():
            return [_cut(one) for one in value]
        case str() if len(value) > 120:
            return f"{value[:12]}... ({len(value)} characters)"
    return value
