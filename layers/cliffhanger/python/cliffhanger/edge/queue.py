"""The queue before the edge's store: one message group, so one writer, one write at a time."""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import Field

from cliffhanger import aws, clock, correlation
from cliffhanger.edge.settings import EdgeQueueSettings
from cliffhanger.model import Model
from cliffhanger.settings import load

GROUP = "edge"


class Message(Model):
    """What the writer is asked: to look at subjects again, at everything, or for a fresh key."""

    action: Literal["look", "sweep", "rotate"]
    subjects: list[str] = Field(default_factory=list)
    at: datetime = Field(description="Makes each asking a message of its own.")
    correlation_id: str | None = Field(default_factory=correlation.current)


def tell(*subjects: str) -> None:
    """Have the edge follow what the table says of these subjects, within seconds.

    Called after the commit. When it fails, or the process dies before it, the caller's retry
    sends again, and the sweep finds the difference in any case.
    """
    message = Message(action="look", subjects=list(subjects), at=clock.now())
    body = message.model_dump_json()
    aws.sqs().send_message(
        QueueUrl=load(EdgeQueueSettings).edge_queue_url,
        MessageBody=body,
        MessageGroupId=GROUP,
        # Only a send that the client itself repeats is the same message: two revocations of one
        # subject within five minutes, with a restoration between them, must both arrive.
        MessageDeduplicationId=hashlib.sha256(body.encode()).hexdigest(),
    )
