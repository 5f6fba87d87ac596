"""The queues of transcoding: files that have arrived, and what MediaConvert says of its jobs.

Both may bring a message twice, late and out of order. A message that fails goes back to its queue
alone, and to the dead-letter queue after ten times.
"""

import json
import random
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cliffhanger import aws
from cliffhanger.media import job_events, sweep, transcode

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(use_rfc3339=True, utc=True)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch from SQS and answer which messages to bring again (ReportBatchItemFailures).

    The schedule's `{"action": "sweep"}` comes here too.
    """
    if event.get("action") == "sweep":
        found = sweep.sweep()
        _logger().info("sweep", extra={"assets": len(found), "outcomes": sorted(found.values())})
        return {"assets": found}
    failed = []
    for record in event["Records"]:
        try:
            told = _take(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001 - logged, and the queue brings the message again
            _logger().exception("message failed", message_id=record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
            if _is_throttled(error):
                _come_back_soon(record)
        else:
            _logger().info("message", extra=told)
    return {"batchItemFailures": failed}


def _is_throttled(error: Exception) -> bool:
    answer: Mapping[str, Any] = getattr(error, "response", {})
    return bool(answer.get("Error", {}).get("Code") == "TooManyRequestsException")


def _come_back_soon(record: Mapping[str, Any]) -> None:
    """Bring a throttled message again in seconds, not after the queue's whole visibility timeout.

    The wait grows with each delivery and is spread, so that a burst does not come back as one.
    """
    *_, account, name = record["eventSourceARN"].split(":")
    times = int(record["attributes"]["ApproximateReceiveCount"])
    wait = random.uniform(0.5, 1) * min(300, 5 * 2**times)  # noqa: S311 - jitter, no secret
    try:
        url = aws.sqs().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        aws.sqs().change_message_visibility(
            QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=round(wait)
        )
    except Exception:  # noqa: BLE001 - logged; the message comes back in the queue's own time
        _logger().exception("message not hastened", message_id=record["messageId"])


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
