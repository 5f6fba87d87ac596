"""The one writer of the edge's store: playback keys and revocations.

Everything reaches it through one FIFO queue with one message group, so its writes come one after
the other: subjects to look at, the sweep, and the monthly rotation. Only CloudFormation calls it
directly, so that a fresh stage has a key before its first viewer.
"""

import json
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from cliffhanger import metrics
from cliffhanger.edge import follow
from cliffhanger.edge.queue import Message
from cliffhanger.log import logger
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.playback import edge_store
from cliffhanger.playback.settings import KeyWriterSettings
from cliffhanger.settings import load

_RESOURCE_ID = "playback-keys"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Take a batch from the queue, or make sure of a key at deployment. Never returns a key."""
    if "ResponseURL" in event:
        return _deployed(event, context)
    return _batch(event["Records"])


def _batch(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Do what the messages ask, and answer which to bring again (ReportBatchItemFailures).

    An action is done once however many messages ask for it, with all of their subjects. None
    depends on the order of messages, so one that fails holds no other back.
    """
    asked: dict[str, list[str]] = {}
    subjects: set[str] = set()
    failed: list[str] = []
    calls: set[str] = set()
    for record in records:
        try:
            message = Message.model_validate_json(record["body"])
        except ValidationError:
            logger().exception("message not understood", message_id=record["messageId"])
            failed.append(record["messageId"])
        else:
            asked.setdefault(message.action, []).append(record["messageId"])
            subjects.update(message.subjects)
            calls.update([message.correlation_id] if message.correlation_id else [])
    for action, messages in asked.items():
        try:
            _act(action, subjects)
        except Exception:  # noqa: BLE001 - logged, and the queue brings the messages again
            logger().exception("action failed", action=action, messages=messages)
            metrics.record(Metric.SWEEP_FAILURES, sweep=Sweep.EDGE)
            failed += messages
        else:
            looked_at = len(subjects) if action == "look" else None
            if action == "sweep":
                metrics.record(Metric.SWEEPS, sweep=Sweep.EDGE)
            logger().info(action, messages=messages, subjects=looked_at, calls=sorted(calls))
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _act(action: str, subjects: Collection[str]) -> None:
    store_arn = load(KeyWriterSettings).edge_store_arn
    match action:
        case "look":
            follow.look(store_arn, subjects)
        case "sweep":
            follow.sweep(store_arn)
            edge_store.measure_age()
        case "rotate":
            edge_store.rotate()


def _deployed(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer CloudFormation, whatever happens: an unanswered stack waits for an hour."""
    status, reason, ids = "SUCCESS", "", []
    if event["RequestType"] != "Delete":
        try:
            ids = [key.id for key in edge_store.ensure_key().keys]
        except Exception as error:  # noqa: BLE001 - told to CloudFormation, which fails the deployment
            status = "FAILED"
            reason = f"{type(error).__name__}: see the log {context.log_stream_name}. {error}"
    answer = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": _RESOURCE_ID,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(  # noqa: S310 - the URL is CloudFormation's
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return {"keys": ids, "status": status}
