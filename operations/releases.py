"""What was live before each deployment, so that a rollback takes all functions back together.

A deployment publishes new versions of those functions alone that it changes. One version back for
each of them would mix two releases.
"""

import json
from datetime import datetime

from pydantic import BaseModel, TypeAdapter

from operations.aliases import Released
from operations.target import Target

_KEPT = 5


class Release(BaseModel):
    """The live version of each function at a time."""

    at: datetime
    live: dict[str, int]


_RELEASES = TypeAdapter(list[Release])


def noted(target: Target) -> list[Release]:
    """Return what was live before the last deployments, the newest last."""
    ssm = target.client("ssm")
    try:
        text = ssm.get_parameter(Name=_name(target))["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return []
    return _RELEASES.validate_json(text)


def note(target: Target, functions: list[Released], at: datetime) -> None:
    """Write down what is live, before a deployment changes it."""
    live = {one.name: one.live for one in functions}
    before = [one for one in noted(target) if one.live != live]
    if not live:
        return
    kept = [*before, Release(at=at, live=live)][-_KEPT:]
    target.client("ssm").put_parameter(
        Name=_name(target),
        Type="String",
        Overwrite=True,
        Description="What was live before each deployment",
        Value=json.dumps(_RELEASES.dump_python(kept, mode="json")),
    )


def forget(target: Target) -> None:
    """Take the notes away with the stage."""
    ssm = target.client("ssm")
    try:
        ssm.delete_parameter(Name=_name(target))
    except ssm.exceptions.ParameterNotFound:
        return


def _name(target: Target) -> str:
    return f"/cliffhanger/{target.stage.name}/releases"
