"""The sweep: what was lost on the way is asked for.

An asset that is being transcoded stands in the index of due items, with the time at which it has
been silent for too long. Each sign of life moves that time on, and its end takes it out.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from cliffhanger import aws, clock, correlation, dynamo, metrics
from cliffhanger.catalog import generations
from cliffhanger.catalog.generations import Place
from cliffhanger.errors import Busy
from cliffhanger.events import NotPublished
from cliffhanger.media import assets, job_events, jobs, keys, transcode
from cliffhanger.media.models import Asset, AssetError
from cliffhanger.media.settings import TranscodingSettings
from cliffhanger.media.transcode import ChecksumUnknown
from cliffhanger.metrics import Metric, Sweep
from cliffhanger.settings import load
from cliffhanger.tables import DUE

_AT_ONCE = 50
_GIVEN_UP = timedelta(hours=48)


def sweep() -> dict[str, str]:
    """Look after every asset that has been silent for too long, the longest silent first.

    Returns:
        What was done, by asset.

    Raises:
        ExceptionGroup: some could not be looked after: the transcoder or the bus is out of reach,
            or others were writing. They come again later, so that they hold no other back.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    table = load(TranscodingSettings).content_table
    silent = dynamo.due(table, assets.JOB_DUE, until=clock.iso(clock.now()), limit=_AT_ONCE)
    found: dict[str, str] = {}
    faults: list[Exception] = []
    for item in silent:
        try:
            with correlation.of(item.get(correlation.FIELD)):
                found[item["id"]] = _look(item)
        except (ClientError, BotoCoreError, NotPublished, Busy, ChecksumUnknown) as error:
            error.add_note(f"while looking after {item['id']}")
            faults.append(error)
            _postpone(item)
    metrics.record(Metric.SWEEPS, sweep=Sweep.JOBS)
    if faults:
        metrics.record(Metric.SWEEP_FAILURES, len(faults), sweep=Sweep.JOBS)
        raise ExceptionGroup("some assets could not be looked after", faults)
    return found


def _look(item: dict[str, Any]) -> str:
    asset = Asset.model_validate(item)
    if "job_id" not in item:  # S3's event was lost, or its message between the claim and the job
        return _give_up(item) if _is_hopeless(asset) else transcode.begin(keys.source_key(asset.id))
    job = _job(item["job_id"])
    if job is None and not _is_hopeless(asset):
        _postpone(item)
        return "unknown_job"
    if job is None:
        return _give_up(item)
    if jobs.is_running(job["Status"]) and _is_hopeless(asset):
        jobs.cancel(item["job_id"])
        return "given_up"  # the job's CANCELED event, or the next sweep, ends the asset
    return job_events.apply(_as_event(job))


def _job(job_id: str) -> dict[str, Any] | None:
    """Return what MediaConvert knows of a job, or None: it keeps one for three months."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        return dict(aws.mediaconvert().get_job(Id=job_id)["Job"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return None


def _postpone(item: dict[str, Any]) -> None:
    """Look at an asset again later, unless it has moved on by itself."""
    write = dynamo.update(
        load(TranscodingSettings).content_table,
        assets.key(item["id"]),
        f"SET #{DUE.sort_key} = :later",
        condition=f"#{DUE.sort_key} = :seen",
        later=clock.iso(clock.now() + assets.LOOK_AGAIN),
        seen=item[DUE.sort_key],
    )
    with suppress(dynamo.ConditionFailed):
        dynamo.write(write)


def _give_up(item: dict[str, Any]) -> str:
    """End an asset that has got no job in two days, or one that MediaConvert does not know."""
    asset = Asset.model_validate(item)
    known = {"job_id": item["job_id"]} if "job_id" in item else {}
    detail = "It could not be transcoded within 48 hours. Upload it again; if it goes on, ask."
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        "failed",
        when=("uploaded", "transcoding"),
        condition="#job_id = :job_id" if known else "attribute_not_exists(#job_id)",
        given=known,
        error=AssetError(code="given_up", detail=detail).model_dump(),
    )
    at = Place(asset.drama_id, asset.slot)
    try:  # a job that nobody knows of may have written something
        dynamo.transact(write, generations.abandon(at, asset.generation, clock.now()))
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
        detail |= {"errorCode": job["ErrorCode"], "errorMessage": job.get("ErrorMessage")}
    return detail
