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
    api = f"{_api_base(target)}/v1"
    return Addresses(
        api=api,
        media=target.output("edge", "MediaUrl"),
        apple_notifications=f"{api}/stores/apple/notifications",
        google_notifications=f"{api}/stores/google/notifications",
    )


def _api_base(target: Target) -> str:
    api_id = target.output("api", "ApiId")
    if target.place is None:
        return f"https://{api_id}.execute-api.{target.stage.region}.amazonaws.com"
    edge = json.loads((target.place.state / "edge.json").read_text())
    if edge.get("api_id") == api_id:
        return target.place.url("edge")
    # The local edge serves one stage. Any other is reached at the gateway itself.
    return f"{target.place.url('aws')}/_aws/execute-api/{api_id}"
