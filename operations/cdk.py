"""The CDK's own command, for one stage."""

import os
import subprocess
import sys
from collections.abc import Sequence

from local.deployment import local_context
from local.layout import CREDENTIALS, ROOT
from operations.errors import OperationError
from operations.target import Target


def diff(target: Target) -> None:
    """Print what a deployment would change.

    Raises:
        OperationError: the app cannot be synthesized, or AWS refused.
    """
    _run(target, ["diff"])


def deploy(target: Target) -> None:
    """Deploy every stack, each after those that it needs.

    Raises:
        OperationError: a stack failed. CloudFormation has taken that stack back.
    """
    _run(target, ["deploy", "--all", "--require-approval=never", "--progress=events"])


def destroy(target: Target) -> None:
    """Take every stack down, each before those that it needs.

    Raises:
        OperationError: a stack could not be taken down.
    """
    _run(target, ["destroy", "--all", "--force"])


def _run(target: Target, command: Sequence[str]) -> None:
    cdk = str(ROOT / "node_modules" / ".bin" / "cdk")
    environment = os.environ | {
        "AWS_REGION": target.stage.region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    options = [
        f"--app={sys.executable} -m infra.app",
        f"--context=stage_file={target.stage_file.resolve()}",
    ]
    if target.place:
        local = local_context(target.place)
        options += [
            f"--context=local={local.model_dump_json()}",
            f"--output={target.place.state / f'cdk.out.{target.stage.name}'}",
        ]
        if command[0] == "deploy":
            options.append("--method=direct")  # change sets cost a second a stack and show nothing
        environment |= {**CREDENTIALS, "AWS_ENDPOINT_URL": target.place.url("aws")}
    ran = subprocess.run([cdk, *command, *options], check=False, cwd=ROOT, env=environment)
    if ran.returncode:
        raise OperationError(
            f"`cdk {command[0]}` of the stage {target.stage.name} failed; what it said stands"
            " above. Mend it and run this again: what is done already is not done twice."
        )
