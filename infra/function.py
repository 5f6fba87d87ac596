"""A function as this house deploys it: one folder, its settings as variables, one log group."""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cliffhanger.metrics import MetricsSettings
from cliffhanger.settings import Settings, variables
from infra.grants import acknowledge
from infra.layers import ROOT
from infra.stage import Local, Stage

_CONTEXTS = {
    "identity": "identity",
    "catalog": "catalog",
    "studio": "catalog",
    "viewing": "playback",
    "playback_keys": "playback",
    "wallet": "wallet",
    "entitlements": "entitlements",
    "purchases": "purchases",
    "store_notices": "purchases",
    "purchase_events": "purchases",
    "transcoding": "media",
    "retention": "media",
}
"""The context that each function mostly serves: the tag by which its costs are told apart."""


def removal(stage: Stage) -> cdk.RemovalPolicy:
    """Return whether what holds data outlives its stack."""
    return cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY


class Function(lambda_.Function):
    """The Lambda of `functions/<name>`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        local: Local | None,
        layers: Sequence[lambda_.LayerVersion],
        settings: Sequence[Settings],
        timeout: cdk.Duration,
        memory_mb: int,
        **extra: Any,
    ) -> None:
        """Take the folder's name, and what this function needs to know."""
        construct_id = "".join(part.capitalize() for part in name.split("_"))
        log_group = logs.LogGroup(
            scope,
            f"{construct_id}Logs",
            retention=logs.RetentionDays[_retention(stage)],
            removal_policy=removal(stage),
        )
        super().__init__(
            scope,
            construct_id,
            role=_role(scope, construct_id, log_group),
            description=f"Cliffhanger {stage.name}: {name.replace('_', ' ')}",
            code=lambda_.Code.from_asset(
                str(ROOT / "functions"),
                exclude=["/*", f"!/{name}", "__pycache__"],
                ignore_mode=cdk.IgnoreMode.GIT,
            ),
            handler=f"{name}.handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            layers=list(layers),
            timeout=timeout,
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            environment={
                "POWERTOOLS_SERVICE_NAME": name,
                **variables(MetricsSettings(stage=stage.name), *settings),
                **_local_addresses(local),
            },
            **extra,
        )
        for tagged in (self, log_group):
            cdk.Tags.of(tagged).add("function", name)
            cdk.Tags.of(tagged).add("context", _CONTEXTS[name])
        acknowledge(self, "L1", "3.13 is what the locked libraries are built and tested for")
        acknowledge(
            self.role or self,
            "IAM5[Resource::*]",
            "X-Ray's two actions, which active tracing needs, know no resource",
        )


def _role(scope: Construct, name: str, log_group: logs.LogGroup) -> iam.Role:
    """A role of its own, which writes this function's log and nobody else's."""
    role = iam.Role(scope, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group.grant_write(role)
    return role


def _retention(stage: Stage) -> str:
    names = {1: "ONE_DAY", 3: "THREE_DAYS", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH"}
    names |= {90: "THREE_MONTHS", 180: "SIX_MONTHS", 365: "ONE_YEAR"}
    return names[stage.ops.log_retention_days]


def _local_addresses(local: Local | None) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_MEDIACONVERT": local.mediaconvert_url} if local else {}
