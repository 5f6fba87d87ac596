"""A stage whose AWS says what a test has told it to say."""

from typing import Any

import boto3
from botocore.stub import Stubber

from infra.stage import read_stage
from local.layout import ROOT
from operations.target import Target

_STAGE = ROOT / "stages" / "dev.toml"


class Stubbed(Target):
    """A stage with one stubbed client for each service and region."""

    clients: dict[tuple[str, str], Any]

    def client(self, service: Any, region: str | None = None) -> Any:
        return self.clients[service, region or self.stage.region]

    def stub(self, service: Any, region: str | None = None) -> Stubber:
        """Return what tells a client its answers, in their order."""
        where = region or self.stage.region
        client = self.session.client(service, where)
        self.clients[service, where] = client
        stubber = Stubber(client)
        stubber.activate()
        return stubber


def stubbed(region: str = "us-east-1") -> Stubbed:
    """Return the stage `dev`, in a region."""
    stage = read_stage(_STAGE).model_copy(update={"region": region})
    target = Stubbed(stage, _STAGE, boto3.Session("key", "secret", region_name=region))
    object.__setattr__(target, "clients", {})
    return target
