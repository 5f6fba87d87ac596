"""`cdk deploy` of the very app that operators deploy, to the emulated AWS."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stage import Local, read_stage
from local.aws import client
from local.layout import CREDENTIALS, HANDLER_ENVIRONMENT, ROOT, Place
from local.processes import LocalError

_SOURCES = ("infra", "functions", "layers", "cdk.json", "package-lock.json")
_STACK = re.compile(
    r"Cliffhanger-[a-z0-9-]+-(\w+)\S*: (?:deploying|creating)|✅ +Cliffhanger-\S+-(\w+)"
)


@dataclass(frozen=True)
class Deployment:
    """What the stacks said of themselves: their outputs, by stack and name."""

    region: str
    outputs: dict[str, dict[str, str]]

    def __getitem__(self, stack_and_output: tuple[str, str]) -> str:
        stack, output = stack_and_output
        return self.outputs[stack][output]


def deploy(
    stage_file: Path,
    place: Place,
    progress: Callable[[str], None],
    *,
    fresh: Callable[[str], bool],
) -> Deployment:
    """Deploy the stage unless nothing has changed since the last time.

    Args:
        stage_file: the stage.
        place: the local cloud to deploy to.
        progress: told each step.
        fresh: tells whether the emulated AWS has nothing of what was deployed (of a region).

    Raises:
        LocalError: the deployment failed; the log's end is in the message.
        StageError: the stage file cannot be used.
    """
    stage = read_stage(stage_file)
    local = local_context(place)
    fingerprint = _fingerprint(stage_file, local)
    deployed = place.state / "deployed.json"
    known = json.loads(deployed.read_text()) if deployed.exists() else {}
    if not fresh(stage.region) and known.get("fingerprint") == fingerprint:
        progress("nothing has changed")
        return Deployment(stage.region, known["outputs"])
    deployed.unlink(missing_ok=True)
    _bootstrap(stage.region, place)
    outputs = _cdk_deploy(stage_file, stage.region, local, place, progress)
    named = {stack.rpartition("-")[2]: values for stack, values in outputs.items()}
    deployed.write_text(json.dumps({"fingerprint": fingerprint, "outputs": named}))
    return Deployment(stage.region, named)


def local_context(place: Place) -> Local:
    """Return what the CDK app must know of a local cloud."""
    return Local(
        public_url=place.url("edge"),
        mediaconvert_url=place.url("mediaconvert"),
        edge_door_url=place.url("door"),
        apple_url=place.url("apple"),
        google_url=place.url("google"),
        apple_roots=place.state / "apple" / "roots",
        python=str(HANDLER_ENVIRONMENT / "bin" / "python"),
    )


def _fingerprint(stage_file: Path, local: Local) -> str:
    digest = hashlib.sha256(local.model_dump_json().encode())
    # Apple's stand-in makes its root anew when its folder is lost: that is another deployment.
    for path in (stage_file, *sorted(local.apple_roots.glob("*")), *_files()):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in _SOURCES:
        place = ROOT / name
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (one for one in found if one.is_file() and "__pycache__" not in one.parts)


def _bootstrap(region: str, place: Place) -> None:
    """Make what `cdk bootstrap` would make, as far as it is used. Making it again is no error."""
    ssm = client("ssm", endpoint=place.url("aws"), region=region)
    ssm.put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
    )
    s3 = client("s3", endpoint=place.url("aws"), region=region)
    name = f"cdk-hnb659fds-assets-000000000000-{region}"
    if name not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        extra: Any = (
            {}
            if region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        s3.create_bucket(Bucket=name, **extra)


def _cdk_deploy(
    stage_file: Path, region: str, local: Local, place: Place, progress: Callable[[str], None]
) -> dict[str, dict[str, str]]:
    log = place.logs / "deploy.log"
    with tempfile.TemporaryDirectory() as scratch:
        outputs = Path(scratch) / "outputs.json"
        command = [
            str(ROOT / "node_modules" / ".bin" / "cdk"),
            "deploy",
            "--all",
            "--require-approval=never",
            "--method=direct",
            "--concurrency=2",
            "--progress=events",
            f"--app={sys.executable} -m infra.app",
            f"--output={place.state / 'cdk.out'}",
            f"--outputs-file={outputs}",
            f"--context=stage_file={stage_file.resolve()}",
            f"--context=local={local.model_dump_json()}",
        ]
        env = (
            os.environ
            | CREDENTIALS
            | {
                "AWS_REGION": region,
                "AWS_ENDPOINT_URL": place.url("aws"),
                "CDK_DISABLE_CLI_TELEMETRY": "true",
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            }
        )
        with (
            log.open("w") as written,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                written.write(line)
                found = _STACK.search(line)
                if found:
                    progress(f"stack {found[1]}: deploying" if found[1] else f"{found[2]} is up")
        if process.returncode:
            tail = "\n".join(log.read_text().splitlines()[-25:])
            raise LocalError(f"The deployment failed. Its log, {log}, ends so:\n{tail}")
        found_outputs: dict[str, dict[str, str]] = json.loads(outputs.read_text())
        return found_outputs
