"""The playback keys: whether the monthly rotation has really made a new one."""

import aws_cdk as cdk

from cliffhanger.metrics import Metric
from infra.stage import Stage
from infra.watch.alarms import Alarms, Watch
from infra.watch.metric import own

KEY_LIVES = cdk.Duration.days(30)
_LATE = cdk.Duration.days(5)


def watch_keys(alarms: Alarms, stage: Stage) -> None:
    """Watch the age of the newest key, which the edge's sweep writes every quarter of an hour.

    The age shows a rotation that did not come, one that failed, and one that changed nothing. An
    age that nobody writes for an hour is as bad as a high one: then nobody looks.
    """
    alarms.add(
        "PlaybackKeyOld",
        own(stage, Metric.KEY_AGE, "Maximum", period=cdk.Duration.hours(1)),
        Watch(
            what="The newest playback key is five days older than a rotation would leave it,"
            " or its age is not known.",
            entry="A playback key is old",
            threshold=KEY_LIVES.to_seconds() + _LATE.to_seconds(),
            silence_alarms=True,
        ),
    )
