"""Playback keys: made when the stage is deployed, rotated by a schedule.

It answers two kinds of events: CloudFormation's, as a custom resource, so that a fresh stage has a
key before its first viewer; and the schedule's `{"action": "rotate"}`.
"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from cliffhanger.playback import edge_store

_RESOURCE_ID = "playback-keys"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Make sure of a key, or rotate. Returns the ids of the live keys, never a key."""
    if "ResponseURL" in event:
        return _deployed(event, context)
    if event.get("action") != "rotate":
        raise ValueError("the only action is rotate")
    return {"keys": [key.id for key in edge_store.rotate().keys]}


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
