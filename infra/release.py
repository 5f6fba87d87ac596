"""Releases of the HTTP functions: published versions behind one alias, and how traffic moves.

The gateway calls the alias `live`. A canary shifts a tenth of the traffic first; an alarm in those
minutes takes it all back, and CloudFormation rolls the stack back with it.
"""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.alias import LIVE
from infra.function import Function
from infra.grants import acknowledge

KEPT_VERSIONS = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""A version stays when the next one comes, so that a rollback has where to go.

Not RETAIN: a version of a deployment that failed must go, since the same code is never published
twice and the next attempt would find nothing to publish.
"""

_MINUTE = cdk.Duration.minutes(1)


def live(function: Function) -> lambda_.Alias:
    """Publish a version of a function whenever it changes, and return its alias."""
    return lambda_.Alias(
        function, "Live", alias_name=LIVE, version=function.current_version, description="Live"
    )


class Canary(Construct):
    """A tenth of the traffic for five minutes, then all of it, function by function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        aliases: dict[str, lambda_.Alias],
        http_api: apigw.HttpApi,
    ) -> None:
        """Take the aliases by function, and the gateway whose failures stop a release."""
        super().__init__(scope, construct_id)
        application = codedeploy.LambdaApplication(self, "Application")
        role = self._role(aliases)
        # A handler answers 500 for what it did not expect, so Lambda alone counts no error there.
        refused = self._alarm(
            "ServerErrors",
            http_api.metric_server_error(period=_MINUTE, statistic="Sum"),
            "The API answers 5xx during a release.",
        )
        for name, alias in aliases.items():
            failed = self._alarm(
                f"{name}Failed",
                alias.metric_errors(period=_MINUTE, statistic="Sum"),
                f"The function {name} fails during a release.",
            )
            codedeploy.LambdaDeploymentGroup(
                self,
                name,
                application=application,
                alias=alias,
                role=role,
                deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
                alarms=[refused, failed],
                auto_rollback=codedeploy.AutoRollbackConfig(
                    failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
                ),
            )

    def _role(self, aliases: dict[str, lambda_.Alias]) -> iam.IRole:
        """What CodeDeploy may do: move these aliases, and look at alarms. No hook, no bucket."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"))
        functions = [alias.lambda_.function_arn for alias in aliases.values()]
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "lambda:GetAlias",
                    "lambda:GetProvisionedConcurrencyConfig",
                    "lambda:UpdateAlias",
                ],
                resources=[arn for one in functions for arn in (one, f"{one}:{LIVE}")],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=["*"])
        )
        acknowledge(role, "IAM5[Resource::*]", "DescribeAlarms knows no resource")
        # Otherwise the construct adds AWS's own policy, which is wider.
        return role.without_policy_updates()

    def _alarm(self, name: str, metric: cloudwatch.Metric, what: str) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=5,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{what} docs/runbook.md#a-release-is-taken-back",
        )
