"""The firewall stack: what is refused at the edge, before a function is paid for.

CloudFront takes its web ACL from us-east-1 alone, whatever the region of the stage is.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.firewall_rules import BODIES, rules
from infra.function import removal
from infra.stage import Stage
from infra.watch.alarms import Alarms, topic_of
from infra.watch.firewall import watch_firewall


class Firewall(cdk.Stack):
    """The web ACL of the API's distribution, the log of what it refuses, and its alarms."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, **kw: Any) -> None:
        """Take the stage."""
        super().__init__(scope, construct_id, **kw)
        # The metric's name is a dimension of every metric. With the same name for the web ACL
        # itself there is one word to look for, in the console and in CloudWatch.
        self.metric = f"cliffhanger-{stage.name}"
        self.acl = waf.CfnWebACL(
            self,
            "Acl",
            name=self.metric,
            scope="CLOUDFRONT",
            description=f"Cliffhanger {stage.name}: before the API",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            custom_response_bodies={
                name: waf.CfnWebACL.CustomResponseBodyProperty(
                    content=content, content_type="APPLICATION_JSON"
                )
                for name, content in BODIES.items()
            },
            rules=rules(),
            visibility_config=waf.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=True,
                metric_name=self.metric,
                sampled_requests_enabled=False,  # samples would show tokens
            ),
        )
        self._log(stage)
        self.topic = topic_of(self, stage)
        watch_firewall(Alarms(self, self.topic), self.metric)

    def _log(self, stage: Stage) -> None:
        """Keep what was refused or counted, without the token that came with it."""
        group = logs.LogGroup(
            self,
            "Refused",
            log_group_name=f"aws-waf-logs-cliffhanger-{stage.name}",  # WAF wants this beginning
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=removal(stage),
        )
        actions = [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")]
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[
                self.format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=group.log_group_name,
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in ("authorization", "cookie")
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": actions}
                ],
            },
        )
