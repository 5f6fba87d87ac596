"""An upload has arrived: look at it, decide, and have it transcoded, by one job and no more.

The asset's item carries the guard. `attempt` is written before the job is made and goes into the
job's metadata; `job_id` is written after. A process that died between the two, or a CreateJob that
timed out, leaves an attempt without a job: the next delivery of the message looks for its job.
"""

from datetime import datetime
from typing import Literal

from cliffhanger import aws, clock, correlation, dynamo, ids, metrics
from cliffhanger.media import announcing, assets, jobs, keys
from cliffhanger.media.assets import LOOK_AGAIN
from cliffhanger.media.job_settings import job_settings
from cliffhanger.media.ladder import Rendition, renditions
from cliffhanger.media.models import (
    Asset,
    AssetError,
    AssetRendition,
    AssetStatus,
    SourceFile,
)
from cliffhanger.media.settings import MediaSettings, TranscodingSettings
from cliffhanger.media.source import (
    Rejection,
    Source,
    arrived_otherwise,
    examine,
    read_probe,
    refused_probe,
)
from cliffhanger.metrics import Metric
from cliffhanger.settings import load

Outcome = Literal["unknown_file", "repeated", "rejected", "started", "failed"]

_NOT_BEGUN: tuple[AssetStatus, ...] = ("awaiting_upload", "uploaded")


class ChecksumUnknown(Exception):  # noqa: N818
    """A checksum was declared, and the storage tells none of what arrived."""


def begin(source_key: str, arrived_at: datetime | None = None) -> Outcome:
    """Start the transcoding of a file that has arrived. Any number of times makes one job.

    Args:
        source_key: the object's key in the source bucket.
        arrived_at: when the file stood there; now, if left out.

    Returns:
        What was done: `repeated` when there was nothing left to do.

    Raises:
        botocore.exceptions.ClientError: the transcoder is throttled or out of reach; come again.
        ChecksumUnknown: the file cannot be told from another, so it is not taken.
    """
    asset_id = keys.asset_id_of(source_key)
    item = assets.find_item(load(TranscodingSettings).content_table, asset_id) if asset_id else None
    if item is None:
        return "unknown_file"
    correlation.take_up(item.get(correlation.FIELD))
    asset = Asset.model_validate(item)
    if asset.status == "rejected" and asset.error:
        # Told before; its event may not have got out, so it is told again.
        announcing.rejected(asset, asset.error.code)
        return "rejected"
    orphaned = asset.status == "transcoding" and not item.get("job_id")
    if asset.status not in _NOT_BEGUN and not orphaned:
        return "repeated"
    source = _probe(asset)
    if isinstance(source, Rejection):
        return _reject(asset, source)
    orphan = item["attempt"] if orphaned else None
    return _transcode(asset, source, arrived_at or clock.now(), orphan=orphan)


def _transcode(
    asset: Asset, source: Source, arrived_at: datetime, *, orphan: str | None
) -> Outcome:
    """Have one job for the file: that of an attempt without a job, or of a new attempt."""
    attempt = orphan or _claim(asset, source, arrived_at)
    if attempt is None:
        return "repeated"  # another delivery of the message has taken it on
    made = jobs.of_attempt(_source_uri(asset.id), attempt) if orphan else []
    job_id = made[0]["Id"] if made else _create_job(asset, attempt, source)
    if job_id is None:
        return _fail(asset, attempt)
    # A job that was taken over may have told its end already, so the sweep asks it at once.
    look_again = clock.now() if made else clock.now() + LOOK_AGAIN
    recorded = _record(asset, attempt, job_id, look_again=look_again)
    running = [job["Id"] for job in made if jobs.is_running(job["Status"])]
    for extra in {job_id, *running} - {recorded}:
        jobs.cancel(extra)
    return "started"


def _source_uri(asset_id: str) -> str:
    return f"s3://{load(TranscodingSettings).source_bucket}/{keys.source_key(asset_id)}"


def _probe(asset: Asset) -> Source | Rejection:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    settings = load(TranscodingSettings)
    try:
        answer = aws.mediaconvert().probe(InputFiles=[{"FileUrl": _source_uri(asset.id)}])
    except ClientError as error:
        refused = refused_probe(error.response["Error"]["Code"])
        if refused is None:
            raise
        return refused
    found = read_probe(answer)
    if isinstance(found, Rejection):
        return found
    return (
        arrived_otherwise(
            found,
            size=asset.source.size,
            checksum=asset.source.checksum_crc64nvme,
            arrived_checksum=_checksum(asset) if asset.source.checksum_crc64nvme else None,
        )
        or examine(
            found,
            max_duration_seconds=settings.max_duration_seconds,
            min_short_side=min(rung.short_side for rung in settings.ladder),
        )
        or found
    )


def _checksum(asset: Asset) -> str | None:
    """Return what S3 has computed over the whole file; None where the storage computes nothing.

    S3 does so for every upload that brings no checksum of its own (User Guide, "Checking object
    integrity"). It is not handed to CompleteMultipartUpload: the upload was opened with no
    algorithm, so that presigned parts need none, and a completion that names another type than
    the upload was opened with is refused.
    """
    answer = aws.s3().head_object(
        Bucket=load(TranscodingSettings).source_bucket,
        Key=keys.source_key(asset.id),
        ChecksumMode="ENABLED",
    )
    whole = answer.get("ChecksumType") == "FULL_OBJECT"
    found = answer.get("ChecksumCRC64NVME") if whole else None
    if found is None and load(TranscodingSettings).storage_tells_checksums:
        raise ChecksumUnknown(f"{asset.id}: S3 tells no checksum of the whole file")
    return found


def _reject(asset: Asset, why: Rejection) -> Outcome:
    table = load(TranscodingSettings).content_table
    write = assets.move(table, asset.id, "rejected", when=_NOT_BEGUN, error=why.model_dump())
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return "repeated"
    metrics.record(Metric.REJECTED, cause=why.code)
    announcing.rejected(asset, why.code)
    return "rejected"


def _claim(asset: Asset, source: Source, arrived_at: datetime) -> str | None:
    """Write down what will be made and by which attempt; None when another was faster."""
    attempt = ids.new("att")
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        "transcoding",
        when=_NOT_BEGUN,
        look_again=clock.now() + LOOK_AGAIN,
        attempt=attempt,
        arrived_at=clock.iso(arrived_at),
        source=SourceFile(
            filename=asset.source.filename,
            size=asset.source.size,
            width=source.display_width,
            height=source.display_height,
            duration_ms=round(source.duration_seconds * 1000),
            video_codec=source.video_codec,
            frame_rate=round(source.frame_rate),
            has_audio=source.audio_tracks > 0,
            checksum_crc64nvme=asset.source.checksum_crc64nvme,
        ).model_dump(),
        renditions=[
            AssetRendition.model_validate(one.model_dump()).model_dump() for one in _ladder(source)
        ],
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return None
    return attempt


def _ladder(source: Source) -> tuple[Rendition, ...]:
    return renditions(source.display_width, source.display_height, load(TranscodingSettings).ladder)


def _create_job(asset: Asset, attempt: str, source: Source) -> str | None:
    """Make the job; None when the transcoder says that it will never take it."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        return _asked_for(asset, attempt, source)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BadRequestException":
            raise  # throttled, or ours to mend: the message waits, and then wakes somebody
        return None


def _fail(asset: Asset, attempt: str) -> Outcome:
    detail = "The transcoder does not take this file. Export it as H.264 with AAC, and upload that."
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        "failed",
        when=("transcoding",),
        condition="#attempt = :attempt AND attribute_not_exists(#job_id)",
        given={"attempt": attempt},
        error=AssetError(code="job_refused", detail=detail).model_dump(),
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return "repeated"
    metrics.record(Metric.FAILED, cause="job_refused")
    return "failed"


def _asked_for(asset: Asset, attempt: str, source: Source) -> str:
    settings = load(TranscodingSettings)
    prefix = keys.generation_prefix(asset.drama_id, asset.slot, asset.generation)
    answer = aws.mediaconvert().create_job(
        Role=settings.mediaconvert_role_arn,
        Queue=settings.mediaconvert_queue_arn,
        ClientRequestToken=attempt,
        UserMetadata={"asset_id": asset.id, "attempt": attempt, **correlation.stored()},
        BillingTagsSource="JOB",
        Tags={"drama": asset.drama_id},
        StatusUpdateInterval="SECONDS_10",
        Settings=job_settings(  # type: ignore[arg-type]
            source,
            _ladder(source),
            input_uri=_source_uri(asset.id),
            destination_uri=f"s3://{load(MediaSettings).media_bucket}/{prefix}",
            segment_seconds=settings.segment_seconds,
        ),
    )
    return answer["Job"]["Id"]


def _record(asset: Asset, attempt: str, job_id: str, *, look_again: datetime) -> str | None:
    """Write down the job, if there is none yet, and return the one that is written down."""
    table = load(TranscodingSettings).content_table
    write = assets.move(
        table,
        asset.id,
        "transcoding",
        when=("transcoding",),
        condition=assets.OWN_JOB,
        given={"attempt": attempt},
        look_again=look_again,
        job_id=job_id,
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        recorded: str | None = (assets.find_item(table, asset.id) or {}).get("job_id")
        return recorded
    return job_id
