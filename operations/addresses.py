"""Where a deployed stage is reached."""

import json
from dataclasses import dataclass

from operations.target import Target


@dataclass(frozen=True)
class Addresses:
    """Without a slash at the end. `api` ends in /v1."""

    api: str
    media: str
    apple_notifications: str
    google_notifications: str


def addresses_of(target: Target) -> Addresses:
    """Return what the stacks say.

    Raises:
        OperationError: the stage is not deployed.
    """
    api = _api(target)
    return Addresses(
        api=api,
        media=target.output("edge", "MediaUrl"),
        apple_notifications=f"{api}/stores/apple/notifications",
        google_notifications=f"{api}/stores/google/notifications",
    )


def _api(target: Target) -> str:
    if target.place is None:  # the gateway itself answers nobody but the edge
        return target.output("front", "ApiUrl")
    api_id = target.output("api", "ApiId")
    edge = json.loads((target.place.state / "edge.json").read_text())
    if edge.get("api_id") == api_id:
        return f"{target.place.url('edge')}/v1"
    # The local edge serves one stage. Any other is only reached at the gateway, which refuses.
    return f"{target.place.url('aws')}/_aws/execute-api/{api_id}/v1"
