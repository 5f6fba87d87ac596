"""The queues of transcoding: files that have arrived, and what MediaConvert says of its jobs.

Both may bring a message twice, late and out of order. A message that fails goes back to its queue
alone, and to the dead-letter queue after ten times.
"""

import json
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cliffhanger import aws, correlation, metrics
from cliffhanger.log import logger
from cliffhanger.media import job_events, sweep, transcode
from cliffhanger.metrics import Metric


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch from SQS and answer which messages to bring again (ReportBatchItemFailures).

    The schedule's `{"action": "sweep"}` comes here too.
    """
    if event.get("action") == "sweep":
        found = sweep.sweep()
        logger().info("sweep", extra={"assets": len(found), "outcomes": sorted(found.values())})
        return {"assets": found}
    failed = [
        {"itemIdentifier": record["messageId"]} for record in event["Records"] if not _done(record)
    ]
    return {"batchItemFailures": failed}


def _done(record: Mapping[str, Any]) -> bool:
    """Take one message, under the id of the upload that it is about; whether it is done."""
    with correlation.of(record["messageId"]):
        try:
            told = _take(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001 - logged, and the queue brings the message again
            logger().exception("message failed", message_id=record["messageId"])
            if _is_throttled(error):
                metrics.record(Metric.TRANSCODER_THROTTLED)
                _come_back_soon(record)
            return False
        logger().info("message", extra=told)
        return True


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
        logger().exception("message not hastened", message_id=record["messageId"])


def _take(message: Mapping[str, Any]) -> dict[str, str]:
    detail = message["detail"]
    if message["source"] == "aws.s3":
        key = detail["object"]["key"]
        arrived_at = datetime.fromisoformat(message["time"]) if "time" in message else None
        outcome = transcode.begin(key, arrived_at)
        return {"event": "object_created", "key": key, "outcome": outcome}
    return {
        "event": "job_state_change",
        "job_id": detail["jobId"],
        "status": detail["status"],
        "outcome": job_events.apply(detail),
    }
