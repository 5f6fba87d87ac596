"""The stage that an operation works on, and where it runs: in AWS, or in the local cloud."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from infra.edge_region import EDGE_REGION
from infra.stage import Stage, read_stage
from local.layout import CREDENTIALS, ROOT, Place
from operations.errors import OperationError

_RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 4})


@dataclass(frozen=True)
class Target:
    """One stage. `place` is the local cloud that it runs in; in AWS there is none."""

    stage: Stage
    stage_file: Path
    session: boto3.Session
    place: Place | None = None

    def client(self, service: Any, region: str | None = None) -> Any:
        """Return a client of the stage's region or another, with the operator's credentials."""
        endpoint = self.place.url("aws") if self.place else None
        return self.session.client(service, region, endpoint_url=endpoint, config=_RETRIES)

    @property
    def regions(self) -> tuple[str, ...]:
        """Where its stacks stand: CloudFront's own are in one region, whatever the stage's is."""
        if self.place or self.stage.region == EDGE_REGION:
            return (self.stage.region,)
        return self.stage.region, EDGE_REGION

    def stack(self, name: str) -> str:
        """Return the full name of a stack, such as `api`."""
        return f"Cliffhanger-{self.stage.name}-{name}"

    @cached_property
    def outputs(self) -> dict[str, dict[str, str]]:
        """What the deployed stacks say of themselves, by short name. Empty before they are there.

        Read once: take a fresh target after a deployment.
        """
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        prefix = self.stack("")
        return {
            stack["StackName"].removeprefix(prefix): {
                one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])
            }
            for page in pages
            for stack in page["Stacks"]
            if stack["StackName"].startswith(prefix)
        }

    def output(self, stack: str, name: str) -> str:
        """Return one output.

        Raises:
            OperationError: it is not there.
        """
        try:
            return self.outputs[stack][name]
        except KeyError as error:
            raise OperationError(
                f"The stack {self.stack(stack)} has no output {name}: the stage {self.stage.name}"
                f" is not deployed in {self.stage.region}, or only in part. Deploy it first."
            ) from error

    def resources(self, kind: str) -> list[str]:
        """Return the physical ids of every resource of a type, in all stacks of the stage."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return [
            one["PhysicalResourceId"]
            for stack in self.outputs
            for page in pages.paginate(StackName=self.stack(stack))
            for one in page["StackResourceSummaries"]
            if one["ResourceType"] == kind and "PhysicalResourceId" in one
        ]


def in_aws(stage_file: Path) -> Target:
    """Return a stage in AWS, with the credentials of the shell.

    Raises:
        StageError: the stage file cannot be used.
    """
    stage = read_stage(stage_file)
    return Target(stage, stage_file, boto3.Session(region_name=stage.region))


def in_local_cloud(stage_file: Path, state: Path) -> Target:
    """Return a stage in the local cloud that keeps its things in a folder.

    Raises:
        OperationError: it is not running.
        StageError: the stage file cannot be used.
    """
    stage = read_stage(stage_file)
    try:
        base = json.loads((state / "endpoints.json").read_text())["base_url"]
    except FileNotFoundError as error:
        raise OperationError("The local cloud is not running. Start it with `make run`.") from error
    port = urlsplit(base).port or 80
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=stage.region,
    )
    return Target(stage, stage_file, session, Place(state.resolve(), port))


def stage_file_of(name: str) -> Path:
    """Return where the stage of a name is written down."""
    return ROOT / "stages" / f"{name}.toml"
