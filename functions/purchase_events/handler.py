"""The queue of the stores' notifications, and the schedules of purchases.

A message that fails goes back to its queue with all behind it of the same purchase: the queue is
FIFO, and what comes later must not overtake.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cliffhanger.purchases import notices, reconcile, settling

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(use_rfc3339=True, utc=True)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch from SQS and answer which messages to bring again (ReportBatchItemFailures).

    The schedules' `{"action": "settle"}` and `{"action": "reconcile"}` come here too.
    """
    match event.get("action"):
        case "settle":
            found = settling.sweep()
            _logger().info("settle", extra=found)
            return dict(found)
        case "reconcile":
            report = reconcile.run().model_dump(mode="json")
            _logger().info("reconcile", extra=report)
            return report
    return {"batchItemFailures": _taken(event["Records"])}


def _taken(records: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    failed: list[dict[str, str]] = []
    stuck: set[str] = set()
    for record in records:
        group = record["attributes"]["MessageGroupId"]
        try:
            if group in stuck:
                raise _Behind  # noqa: TRY301 - told with the one that it waits for
            what, outcome = notices.take(json.loads(record["body"]))
        except _Behind:
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception:  # noqa: BLE001 - logged, and the queue brings the message again
            _logger().exception("notification failed", message_id=record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
            stuck.add(group)
        else:
            _logger().info("notification", kind=what, outcome=outcome)
    return failed


class _Behind(Exception):  # noqa: N818 - a message of the same purchase failed before it
    pass
