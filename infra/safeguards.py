"""The safeguards stack: backups beside point-in-time recovery, and a budget that speaks up.

The local cloud leaves it out.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.data import Data
from infra.function import removal
from infra.grants import acknowledge
from infra.stage import Stage
from infra.watch.alarms import Alarms
from infra.watch.backups import watch_backups

_TABLE_EXPORTS = (
    "ExportsOutputFnGetAttContentTableA82027C3ArnFF2218DC",
    "ExportsOutputFnGetAttCommerceTable6CC80189ArnF91B88FE",
)
_TOLD_AT = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class Safeguards(cdk.Stack):
    """What a stage file asks for with `ops.backup_days` and `ops.monthly_budget_usd`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        data: Data,
        topic: sns.Topic,
        **kw: Any,
    ) -> None:
        """Take the stage, the tables to back up, and who is told of a backup that is not made."""
        super().__init__(scope, construct_id, **kw)
        if stage.ops.backup_days:
            vault = self._back_up(stage, stage.ops.backup_days, data)
            watch_backups(Alarms(self, topic), vault.backup_vault_name)
        if stage.ops.monthly_budget_usd:
            self._budget(stage, stage.ops.monthly_budget_usd)

    def _back_up(self, stage: Stage, days: int, data: Data) -> backup.BackupVault:
        """Both tables, once a day, into a vault that outlives the tables."""
        vault = backup.BackupVault(
            self,
            "Vault",
            # Point-in-time recovery goes with its table; this is for a table that was deleted.
            removal_policy=removal(stage),
        )
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.cron(hour="3", minute="0"),
                start_window=cdk.Duration.hours(1),
                completion_window=cdk.Duration.hours(6),
                delete_after=cdk.Duration.days(days),
            )
        )
        plan.add_selection(
            "Tables",
            resources=[
                backup.BackupResource.from_arn(table.table_arn) for table in data.tables.values()
            ],
            role=self._role(data).without_policy_updates(),
        )
        return vault

    def _role(self, data: Data) -> iam.Role:
        """What AWS Backup works as: it reads these tables, and can restore nothing."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("backup.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "dynamodb:CreateBackup",
                    "dynamodb:DescribeTable",
                    "dynamodb:ListTagsOfResource",
                    "dynamodb:StartAwsBackupJob",
                ],
                resources=[table.table_arn for table in data.tables.values()],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["dynamodb:DeleteBackup", "dynamodb:DescribeBackup"],
                resources=[f"{table.table_arn}/backup/*" for table in data.tables.values()],
            )
        )
        for export in _TABLE_EXPORTS:
            acknowledge(
                role,
                f"IAM5[Resource::{data.stack_name}:{export}/backup/*]",
                "A backup's id is not known before it is made",
            )
        return role

    def _budget(self, stage: Stage, dollars: int) -> None:
        """What the tag `stage` costs; it must be switched on in the billing console once."""
        subscribers = [
            budgets.CfnBudget.SubscriberProperty(
                subscription_type="EMAIL", address=str(stage.ops.alarm_email)
            )
        ]
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=f"cliffhanger-{stage.name}",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:stage${stage.name}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=subscribers,
                )
                for kind, percent in _TOLD_AT
            ],
        )
