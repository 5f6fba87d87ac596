"""The CDK's own command, for one stage. What was shown as a difference is what is deployed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from local.deployment import local_context
from local.layout import CREDENTIALS, ROOT
from operations.errors import OperationError
from operations.target import Target


def synthesize(target: Target) -> Path:
    """Make the stage's templates and assets once, and return the folder of both.

    Raises:
        OperationError: the app cannot be synthesized.
    """
    above = target.place.state if target.place else ROOT / ".build"
    folder = above / f"cdk.out.{target.stage.name}"
    options = [f"--context=stage_file={target.stage_file.resolve()}", f"--output={folder}"]
    if target.place:
        options.append(f"--context=local={local_context(target.place).model_dump_json()}")
    _run(target, ["synth", "--quiet", *options], f"{sys.executable} -m infra.app")
    return folder


def diff(target: Target, made: Path) -> None:
    """Print what a deployment would change.

    Raises:
        OperationError: AWS refused.
    """
    _run(target, ["diff"], str(made))


def deploy(target: Target, made: Path) -> None:
    """Deploy every stack, each after those that it needs.

    Raises:
        OperationError: a stack failed. CloudFormation has taken that stack back.
    """
    command = ["deploy", "--all", "--require-approval=never", "--progress=events"]
    if target.place:
        command.append("--method=direct")  # change sets cost a second a stack and show nothing
    _run(target, command, str(made))


def destroy(target: Target, made: Path) -> None:
    """Take every stack down, each before those that it needs.

    Raises:
        OperationError: a stack could not be taken down.
    """
    _run(target, ["destroy", "--all", "--force"], str(made))


def _run(target: Target, command: Sequence[str], app: str) -> None:
    cdk = str(ROOT / "node_modules" / ".bin" / "cdk")
    environment = os.environ | {
        "AWS_REGION": target.stage.region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    if target.place:
        environment |= {**CREDENTIALS, "AWS_ENDPOINT_URL": target.place.url("aws")}
    ran = subprocess.run([cdk, *command, f"--app={app}"], check=False, cwd=ROOT, env=environment)
    if ran.returncode:
        raise OperationError(
            f"`cdk {command[0]}` of the stage {target.stage.name} failed; what it said stands"
            " above. Mend it and run this again: what is done already is not done twice."
        )
