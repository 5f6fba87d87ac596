"""Rotate what the edge sends to the API: `python -m infra.rotate_origin prod`.

No call is refused meanwhile. The new value is good before CloudFront sends it, and the old one as
long as an edge location may still send it. A run that was broken off is gone on with by the next.
`--stolen` ends the old value as soon as the edge no longer sends it.
"""

import argparse
import json
import secrets as randomness
import sys
import time
from collections.abc import Callable
from typing import Any

import boto3

from cliffhanger.origin import HEADER
from infra.layers import ROOT
from infra.stage import read_stage

_SETTLING_SECONDS = 30
"""What a warm function may not know yet it reads at the first call that brings it."""


class RotationError(Exception):
    """The edge sends what the secret does not know: somebody changed one without the other."""


def rotate(
    secrets: Any,
    cloudfront: Any,
    *,
    secret_id: str,
    distribution_id: str,
    stolen: bool = False,
    tell: Callable[[str], None],
) -> None:
    """Put a new value in place of what the edge sends.

    Args:
        secrets: the client of Secrets Manager in the stage's region.
        cloudfront: the client of CloudFront.
        secret_id: the origin's secret.
        distribution_id: the distribution before the API.
        stolen: refuse the old value once the edge no longer sends it.
        tell: is told each step, and never a value.

    Raises:
        RotationError: the edge sends a value that is not in the secret.
    """

    def keep(sending: str, also: str) -> None:
        text = json.dumps({"sending": sending, "also": also})
        secrets.put_secret_value(SecretId=secret_id, SecretString=text)

    kept = json.loads(secrets.get_secret_value(SecretId=secret_id)["SecretString"])
    old = kept["sending"]
    sent = _header(cloudfront.get_distribution_config(Id=distribution_id))["HeaderValue"]
    if sent == old:
        fresh = randomness.token_urlsafe(36)
        keep(old, fresh)
        tell("The functions take the new value too.")
        time.sleep(_SETTLING_SECONDS)
        _send(cloudfront, distribution_id, fresh)
    elif sent == kept["also"]:
        fresh = sent  # a run before this one ended here
    else:
        raise RotationError("The edge sends a value that is not in the secret. Deploy the stage.")
    tell("The edge goes over to the new value. This takes some minutes.")
    cloudfront.get_waiter("distribution_deployed").wait(Id=distribution_id)
    keep(fresh, "" if stolen else old)
    tell("Done." if stolen else "Done. The old value is good until the next rotation.")


def _send(cloudfront: Any, distribution_id: str, value: str) -> None:
    found = cloudfront.get_distribution_config(Id=distribution_id)
    _header(found)["HeaderValue"] = value
    cloudfront.update_distribution(
        Id=distribution_id, IfMatch=found["ETag"], DistributionConfig=found["DistributionConfig"]
    )


def _header(found: Any) -> Any:
    (origin,) = found["DistributionConfig"]["Origins"]["Items"]
    (header,) = [one for one in origin["CustomHeaders"]["Items"] if one["HeaderName"] == HEADER]
    return header


def _say(told: str) -> None:
    sys.stdout.write(f"{told}\n")


def main() -> None:
    """Find the secret and the distribution by the outputs of the stage's stacks, and rotate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", help="The name of a file in stages/.")
    parser.add_argument("--stolen", action="store_true", help="End the old value at once.")
    asked = parser.parse_args()
    stage = read_stage(ROOT / "stages" / f"{asked.stage}.toml")
    session = boto3.Session(region_name=stage.region)
    formation = session.client("cloudformation")

    def output(stack: str, name: str) -> str:
        found = formation.describe_stacks(StackName=f"Cliffhanger-{stage.name}-{stack}")
        outputs = found["Stacks"][0].get("Outputs", [])
        return next(str(one["OutputValue"]) for one in outputs if one["OutputKey"] == name)

    try:
        rotate(
            session.client("secretsmanager"),
            session.client("cloudfront"),
            secret_id=output("data", "OriginSecret"),
            distribution_id=output("front", "DistributionId"),
            stolen=asked.stolen,
            tell=_say,
        )
    except RotationError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
