"""Starts the emulated AWS, and MediaConvert on ffmpeg beside it."""

import os
import sys

from local.aws import client
from local.layout import CREDENTIALS, HANDLER_ENVIRONMENT, Place
from local.processes import Servers


def start_aws(servers: Servers, place: Place) -> None:
    """Start it with an environment of its own: the functions inherit all of it.

    Raises:
        LocalError: it did not start.
    """
    (place.state / "aws" / "tmp").mkdir(parents=True, exist_ok=True)
    servers.start(
        "aws",
        [str(HANDLER_ENVIRONMENT / "bin" / "ministack")],
        ready=f"{place.url('aws')}/_ministack/health",
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place.state),
            **CREDENTIALS,
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(place.ports["aws"]),
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(place.state / "aws" / "state"),
            "S3_DATA_DIR": str(place.state / "aws" / "s3"),
            "TMPDIR": str(place.state / "aws" / "tmp"),
            "LOG_LEVEL": "INFO",
        },
    )


def start_mediaconvert(servers: Servers, place: Place) -> None:
    """Start the transcoder.

    Raises:
        LocalError: it did not start.
    """
    servers.start(
        "mediaconvert",
        [
            sys.executable,
            "-m",
            "local.mediaconvert",
            f"--port={place.ports['mediaconvert']}",
            f"--aws-endpoint={place.url('aws')}",
            f"--state={place.state / 'mediaconvert'}",
        ],
        ready=f"{place.url('mediaconvert')}/_health",
        env=os.environ | CREDENTIALS,
    )


def is_fresh(place: Place, region: str) -> bool:
    """Whether the emulated AWS has lost, or never had, our stacks."""
    formation = client("cloudformation", endpoint=place.url("aws"), region=region)
    stacks = formation.describe_stacks()["Stacks"]
    return not any(stack["StackName"].startswith("Cliffhanger-") for stack in stacks)
