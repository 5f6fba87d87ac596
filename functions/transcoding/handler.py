"""The queues of transcoding: files that have arrived, and what MediaConvert says of its jobs.

Both may bring a message twice, late and out of order. A message that fails goes back to its queue
alone, and to the dead-letter queue after five times.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cliffhanger.media import job_events, transcode

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(use_rfc3339=True, utc=True)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch from SQS and answer which messages to bring again (ReportBatchItemFailures)."""
    failed = []
    for record in event["Records"]:
        try:
            told = _take(json.loads(record["body"]))
        except Exception:  # noqa: BLE001 - logged, and the queue brings the message again
            _logger().exception("message failed", message_id=record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            _logger().info("message", extra=told)
    return {"batchItemFailures": failed}


def _take(message: Mapping[str, Any]) -> dict[str, str]:
    detail = message["detail"]
    if message["source"] == "aws.s3":
        key = detail["object"]["key"]
        return {"event": "object_created", "key": key, "outcome": transcode.begin(key)}
    return {
        "event": "job_state_change",
        "job_id": detail["jobId"],
        "status": detail["status"],
        "outcome": job_events.apply(detail),
    }
