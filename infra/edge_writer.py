"""The one writer of the edge's store, and the queue before it."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from cliffhanger.edge.queue import GROUP
from cliffhanger.edge.settings import RevocationSettings
from cliffhanger.playback.settings import KeyWriterSettings
from cliffhanger.tables import DUE
from infra import layers
from infra.data import Data
from infra.function import Function
from infra.grants import on_index, on_table
from infra.queues import queue_with_dead_letters
from infra.stage import Local, Stage
from infra.watch.keys import KEY_LIVES

_STORE_ACTIONS = [
    "cloudfront-keyvaluestore:DescribeKeyValueStore",
    "cloudfront-keyvaluestore:ListKeys",
    "cloudfront-keyvaluestore:UpdateKeys",
]
_TIMEOUT = cdk.Duration.seconds(20)
_VISIBILITY = cdk.Duration.seconds(6 * 20)  # six times the timeout, as Lambda's guide wants it
_DELIVERIES = 3  # a message that fails holds its group back, so it is soon set aside
_SCHEDULES = (
    ("Rotation", "rotate", KEY_LIVES, "A fresh playback key every 30 days"),
    ("EdgeSweep", "sweep", cdk.Duration.minutes(15), "Finds what a lost message left behind"),
)


def edge_writer(
    stack: cdk.Stack,
    *,
    stage: Stage,
    local: Local | None,
    data: Data,
    store: cloudfront.KeyValueStore,
) -> tuple[Function, sqs.Queue]:
    """Add the writer and its queue to the edge stack and return both.

    The queue is FIFO and has one message group, so there is one batch at a time and one writer.
    """
    writer = Function(
        stack,
        "playback_keys",
        stage=stage,
        local=local,
        layers=[
            layers.libraries(stack, "core", local=local),
            layers.libraries(stack, "signing", local=local),
            layers.domain(stack),
        ],
        settings=[
            KeyWriterSettings(
                playback_keys_secret=data.playback_keys.secret_arn,
                edge_store_arn=store.key_value_store_arn,
                token_seconds=stage.playback.token_seconds,
            ),
            RevocationSettings(
                content_table=data.content.table_name, token_seconds=stage.playback.token_seconds
            ),
        ],
        timeout=_TIMEOUT,
        memory_mb=256,
    )
    if local:
        _reach_the_store_locally(writer, local)
    data.playback_keys.grant_read(writer)
    data.playback_keys.grant_write(writer)
    on_table(data.content, writer, "BatchGetItem")
    on_index(data.content, writer, DUE)
    writer.add_to_role_policy(  # the construct has no grant for its data plane
        iam.PolicyStatement(
            actions=_STORE_ACTIONS,
            # The local cloud authorizes these calls without looking at the store.
            resources=["*" if local else store.key_value_store_arn],
        )
    )
    first = cdk.CustomResource(
        stack,
        "FirstKey",
        service_token=writer.function_arn,
        properties={"store": store.key_value_store_arn},
    )
    first.node.add_dependency(writer)
    queue, _ = queue_with_dead_letters(
        stack,
        "EdgeWrites",
        local=local,
        visibility=_VISIBILITY,
        deliveries=_DELIVERIES,
        fifo=True,
        content_based_deduplication=True,  # EventBridge names no id of its own
    )
    writer.add_event_source(
        sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True)
    )
    for name, action, rate, why in _SCHEDULES:
        events.Rule(
            stack,
            name,
            description=why,
            schedule=events.Schedule.rate(rate),
            targets=[
                targets.SqsQueue(
                    queue,
                    # The time keeps a message from passing for the one before it.
                    message=events.RuleTargetInput.from_object(
                        {"action": action, "at": events.EventField.time}
                    ),
                    message_group_id=GROUP,
                )
            ],
        )
    return writer, queue


def _reach_the_store_locally(writer: Function, local: Local) -> None:
    """The store's client puts the account id before the host, which resolves nowhere on a laptop.

    So the local edge has a door that takes these calls as a proxy.
    """
    writer.add_environment("AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE", "http://kvs.internal")
    writer.add_environment("HTTP_PROXY", local.edge_door_url)
    writer.add_environment("NO_PROXY", "127.0.0.1,localhost")
