"""The pipeline: uploads that do not get ready, and a transcoder that does not keep up."""

from cliffhanger.metrics import Metric
from infra.stage import Stage
from infra.watch.alarms import Alarms, Watch, minutes
from infra.watch.metric import of_aws, own

_QUARTER = minutes(15)


def watch_pipeline(alarms: Alarms, stage: Stage, mediaconvert_queue_arn: str) -> None:
    """Watch what the studio waits for."""
    alarms.add(
        "TimeToReady",
        own(stage, Metric.TIME_TO_READY, "Maximum", period=_QUARTER),
        Watch(
            what="An episode took more than half an hour from its upload until it was ready.",
            entry="Uploads take long to be ready",
            threshold=1800,
        ),
    )
    alarms.add(
        "AssetsFailed",
        own(stage, Metric.FAILED, period=_QUARTER),
        Watch(
            what="Uploads that were accepted could not be transcoded.",
            entry="Uploads fail",
            threshold=3,
        ),
    )
    alarms.add(
        "TranscoderErrors",
        of_aws(
            "MediaConvert",
            "JobsErroredCount",
            {"Queue": mediaconvert_queue_arn},
            period=_QUARTER,
        ),
        Watch(what="MediaConvert's jobs end in errors.", entry="MediaConvert fails", threshold=3),
    )
    alarms.add(
        "TranscoderFull",
        of_aws(
            "MediaConvert",
            "StandbyTime",
            {"Queue": mediaconvert_queue_arn},
            "Average",
            period=_QUARTER,
        ),
        Watch(
            what="Jobs wait ten minutes for a slot of MediaConvert's queue.",
            entry="MediaConvert has no free slot",
            threshold=600_000,
        ),
    )
    alarms.add(
        "TranscoderThrottled",
        own(stage, Metric.TRANSCODER_THROTTLED),
        Watch(
            what="MediaConvert refuses new jobs: too many are asked for at once.",
            entry="MediaConvert throttles",
            threshold=50,
        ),
    )
