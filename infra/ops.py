"""The ops stack: who is woken, and by what."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.api import Api
from infra.commerce import Commerce
from infra.edge import Edge
from infra.media import Media
from infra.stage import Stage

_NOT_BREACHING = cloudwatch.TreatMissingData.NOT_BREACHING


class Ops(cdk.Stack):
    """Alarms that mean that something is lost or broken unless a person looks."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        media: Media,
        edge: Edge,
        commerce: Commerce,
        api: Api,
        **kw: Any,
    ) -> None:
        """Take the stage and what is watched."""
        super().__init__(scope, construct_id, **kw)
        self.topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        if stage.ops.alarm_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(stage.ops.alarm_email))
        for name, queue in (
            ("Uploads", media.uploads),
            ("Jobs", media.jobs),
            ("Notifications", commerce.notifications),
        ):
            dead = queue.dead_letter_queue
            if dead is not None:
                self._alarm(
                    f"{name}DeadLetters",
                    dead.queue.metric_approximate_number_of_messages_visible(),
                    f"A message of the {name} queue failed again and again. Look, mend, redrive.",
                )
            self._alarm(
                f"{name}Waiting",
                queue.metric_approximate_age_of_oldest_message(),
                f"The {name} queue does not get emptied: its oldest message waits an hour.",
                threshold=3600,
            )
        self._edge_writes(edge)
        for function in (
            *api.functions.values(),
            media.function,
            media.retention,
            commerce.function,
            edge.writer,
        ):
            self._alarm(
                f"{function.node.id}Errors",
                function.metric_errors(period=cdk.Duration.minutes(5)),
                f"The function {function.node.id} fails, not just refuses.",
                threshold=5,
            )

    def _edge_writes(self, edge: Edge) -> None:
        """A takedown that waits is one that plays on."""
        dead = edge.writes.dead_letter_queue
        if dead is not None:
            self._alarm(
                "EdgeWritesDeadLetters",
                dead.queue.metric_approximate_number_of_messages_visible(),
                "The edge's store could not be written. The sweep tries every 15 minutes; look"
                " into the log of playback_keys.",
            )
        self._alarm(
            "EdgeWritesWaiting",
            edge.writes.metric_approximate_age_of_oldest_message(
                period=cdk.Duration.minutes(1), statistic="Maximum"
            ),
            "A revocation has waited for two minutes and is not at the edge.",
            threshold=120,
        )

    def _alarm(
        self, name: str, metric: cloudwatch.Metric, what: str, *, threshold: int = 1
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=_NOT_BREACHING,
            alarm_description=what,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
