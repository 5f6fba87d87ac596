"""A queue as this house deploys it: beside it the queue of what goes on failing, and both told."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

from infra.stage import Local

_KEPT = cdk.Duration.days(14)  # as long as SQS keeps anything: time to look, mend and redrive


def queue_with_dead_letters(
    stack: cdk.Stack,
    name: str,
    *,
    local: Local | None,
    visibility: cdk.Duration,
    deliveries: int,
    fifo: bool = False,
    content_based_deduplication: bool | None = None,
) -> tuple[sqs.Queue, sqs.Queue]:
    """Add a queue and its dead-letter queue, and name their addresses in the stack's outputs.

    Args:
        stack: where they stand.
        name: the queue's; `<name>Dead` is the other's.
        local: the local cloud, whose queues are reached without TLS.
        visibility: how long a message is hidden while it is worked on.
        deliveries: how often a message is brought before it is set aside.
        fifo: whether the order within a message group is kept.
        content_based_deduplication: whether a message is told from others by its body.

    Returns:
        The queue and its dead-letter queue.
    """
    order = fifo or None  # a standard queue says nothing of it, rather than no
    dead = sqs.Queue(
        stack,
        f"{name}Dead",
        fifo=order,
        enforce_ssl=local is None,
        retention_period=_KEPT,
    )
    queue = sqs.Queue(
        stack,
        name,
        fifo=order,
        content_based_deduplication=content_based_deduplication,
        enforce_ssl=local is None,
        visibility_timeout=visibility,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=deliveries),
    )
    cdk.CfnOutput(stack, f"{name}QueueUrl", value=queue.queue_url)
    cdk.CfnOutput(stack, f"{name}DeadQueueUrl", value=dead.queue_url)
    return queue, dead
