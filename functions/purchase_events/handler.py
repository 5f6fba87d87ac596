"""The queue of the stores' notifications, and the schedules of purchases.

A message that fails goes back to its queue with all behind it of the same purchase: the queue is
FIFO, and what comes later must not overtake.
"""

import json
from collections.abc import Mapping
from typing import Any

from cliffhanger import correlation, metrics
from cliffhanger.errors import Problem
from cliffhanger.identity import moving
from cliffhanger.log import logger
from cliffhanger.metrics import Metric
from cliffhanger.purchases import notices, rechecking, reconcile, settling
from cliffhanger.purchases.reports import Report

from . import measured


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch from SQS and answer which messages to bring again (ReportBatchItemFailures).

    The schedules come here too, each with its `action`: settle, recheck, reconcile, or go_on with
    what reconcile has begun. The last two may name one `source`.
    """
    match event.get("action"):
        case "settle":
            found = moving.sweep() | settling.sweep()
            measured.settled(found)
            logger().info("settle", extra=found)
            return dict(found)
        case "recheck":
            asked = rechecking.run()
            measured.rechecked(asked)
            return _told("recheck", asked)
        case "reconcile" | "go_on" as action:
            run = reconcile.run(event.get("source"), begin=action == "reconcile")
            measured.reconciled(run)
            return _told("reconcile", run)
    return {"batchItemFailures": _taken(event["Records"])}


def _told(action: str, run: Report) -> dict[str, Any]:
    report = run.model_dump(mode="json")
    if run.sources:
        logger().info(action, extra=report)
    return report


def _taken(records: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    failed: list[dict[str, str]] = []
    stuck: set[str] = set()
    for record in records:
        group = record["attributes"]["MessageGroupId"]
        if group in stuck:  # told with the one that it waits for
            failed.append({"itemIdentifier": record["messageId"]})
        elif not _take(record):
            failed.append({"itemIdentifier": record["messageId"]})
            stuck.add(group)
    return failed


def _take(record: Mapping[str, Any]) -> bool:
    """Take one message, under the id of the call that brought it; whether it is done."""
    with correlation.of(record["messageId"]):
        try:
            message = json.loads(record["body"])
            correlation.take_up(message.get(correlation.FIELD))
            what, outcome = notices.take(message)
        except Exception as error:  # noqa: BLE001 - logged, and the queue brings the message again
            if isinstance(error, Problem):
                error.count()
            logger().exception("notification failed", message_id=record["messageId"])
            return False
        if outcome != "repeated":
            metrics.record(Metric.NOTIFICATIONS, type=what)
        logger().info("notification", kind=what, outcome=outcome)
        return True
