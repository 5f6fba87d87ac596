"""How an alarm is made: of one metric, with a sentence and an entry of the runbook."""

import re
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.stage import Stage

RUNBOOK = "docs/runbook.md"
_COMPARISON = cloudwatch.ComparisonOperator
_MISSING = cloudwatch.TreatMissingData


def anchor(heading: str) -> str:
    """Return where a heading of the runbook is linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@dataclass(frozen=True, kw_only=True)
class Watch:
    """When it is time to wake somebody.

    `threshold` is the first value that is too much, or the last that is too little where `below`
    is set. It must be reached in `times` of the latest `of` periods. `silence` is what no value at
    all means: nothing, unless the metric is written all the time.
    """

    what: str
    entry: str
    threshold: float
    times: int = 1
    of: int = 1
    below: bool = False
    silence_alarms: bool = False

    @property
    def text(self) -> str:
        """What the woken person reads first."""
        return f"{self.what} {RUNBOOK}#{anchor(self.entry)}"


class Alarms:
    """Makes the alarms of one stack, and has each tell the same topic."""

    def __init__(self, scope: Construct, topic: sns.Topic) -> None:
        """Take where they stand and whom they tell."""
        self._scope = scope
        self._action = actions.SnsAction(topic)

    def add(self, name: str, metric: cloudwatch.Metric, watch: Watch) -> None:
        """Add an alarm.

        Args:
            name: its logical name in the stack.
            metric: one metric. Math is left to the dashboard: the local cloud refuses it here.
            watch: when it rings, and what it says.
        """
        alarm = cloudwatch.Alarm(
            self._scope,
            name,
            metric=metric,
            threshold=watch.threshold,
            evaluation_periods=watch.of,
            datapoints_to_alarm=watch.times,
            comparison_operator=(
                _COMPARISON.LESS_THAN_OR_EQUAL_TO_THRESHOLD
                if watch.below
                else _COMPARISON.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            treat_missing_data=(
                _MISSING.BREACHING if watch.silence_alarms else _MISSING.NOT_BREACHING
            ),
            alarm_description=watch.text,
        )
        alarm.add_alarm_action(self._action)


def topic_of(scope: Construct, stage: Stage) -> sns.Topic:
    """Return a topic that tells whoever is on call. An alarm reaches none but of its own region."""
    topic = sns.Topic(scope, "Alarms", enforce_ssl=True)
    if stage.ops.alarm_email:
        topic.add_subscription(subscriptions.EmailSubscription(stage.ops.alarm_email))
    return topic


def minutes(count: int) -> cdk.Duration:
    """Return a period."""
    return cdk.Duration.minutes(count)
