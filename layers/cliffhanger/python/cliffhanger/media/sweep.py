"""The sweep: what was lost on the way is asked for.

An asset that is being transcoded stands in the index of due items, with the time at which it has
been silent for too long. Each sign of life moves that time on, and its end takes it out.
"""

from datetime import datetime, timedelta
from typing import Any

from cliffhanger import aws, clock, correlation, dynamo, metrics
from cliffhanger.media import assets, job_events, keys, transcode
from cliffhanger.media.models import Asset, AssetError
from cliffhanger.media.settings import TranscodingSettings
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.settings import load

_AT_ONCE = 50
_GIVEN_UP = timedelta(hours=48)


def sweep() -> dict[str, str]:
    """Look after every asset that has been silent for too long, the longest silent first.

    Returns:
        What was done, by asset.

    Raises:
        ExceptionGroup: some could not be looked after (botocore.exceptions.ClientError: the
            transcoder is out of reach, or knows the job no more). All others were.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    table = load(TranscodingSettings).content_table
    silent = dynamo.due(table, assets.JOB_DUE, until=clock.iso(clock.now()), limit=_AT_ONCE)
    found: dict[str, str] = {}
    faults: list[Exception] = []
    for item in silent:
        try:
            with correlation.of(item.get(correlation.FIELD)):
                found[item["id"]] = _look(item)
        except ClientError as error:
            error.add_note(f"while looking after {item['id']}")
            faults.append(error)
    metrics.record(Metric.SWEEPS, sweep=Sweep.JOBS)
    if faults:
        metrics.record(Metric.SWEEP_FAILURES, len(faults), sweep=Sweep.JOBS)
        raise ExceptionGroup("some assets could not be looked after", faults)
    return found


def _look(item: dict[str, Any]) -> str:
    asset = Asset.model_validate(item)
    if "job_id" not in item:  # S3's event was lost, or its message between the claim and the job
        return (
            _give_up(asset) if _is_hopeless(asset) else transcode.begin(keys.source_key(asset.id))
        )
    job = aws.mediaconvert().get_job(Id=item["job_id"])["Job"]
    if job["Status"] in {"SUBMITTED", "PROGRESSING"} and _is_hopeless(asset):
        aws.mediaconvert().cancel_job(Id=item["job_id"])
        return "given_up"  # the job's CANCELED event, or the next sweep, ends the asset
    return job_events.apply(_as_event(dict(job)))


def _give_up(asset: Asset) -> str:
    """End an asset that has not got a job in two days, whatever was tried."""
    detail = "It could not be transcoded within 48 hours. Upload it again; if it goes on, ask."
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        "failed",
        when=("uploaded", "transcoding"),
        condition="attribute_not_exists(#job_id)",
        error=AssetError(code="given_up", detail=detail).model_dump(),
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return "repeated"
    metrics.record(Metric.FAILED, cause="given_up")
    return "given_up"


def _is_hopeless(asset: Asset) -> bool:
    started: datetime = asset.created_at
    return clock.now() - started > _GIVEN_UP


def _as_event(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job as the event that would have told of it."""
    detail: dict[str, Any] = {
        "jobId": job["Id"],
        "status": job["Status"],
        "userMetadata": job.get("UserMetadata", {}),
        "outputGroupDetails": [
            {
                "outputDetails": [
                    {"durationInMs": output.get("DurationInMs")}
                    for output in group.get("OutputDetails", [])
                ]
            }
            for group in job.get("OutputGroupDetails", [])
        ],
        "jobProgress": {"jobPercentComplete": job.get("JobPercentComplete", 0)},
    }
    if "ErrorCode" in job:
        detail["errorCode"] = job["ErrorCode"]
    return detail
