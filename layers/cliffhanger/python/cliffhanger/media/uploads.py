"""Uploads: a presigned multipart upload makes the next generation of an episode.

An upload stands in the content table as `upl_... | UPLOAD`.
"""

from datetime import datetime, timedelta
from typing import Any

from cliffhanger import clock, correlation, dynamo, idempotency, ids, metrics
from cliffhanger.catalog import generations
from cliffhanger.catalog.generations import Place
from cliffhanger.dynamo import Item
from cliffhanger.errors import Busy
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.media import announcing, assets, keys
from cliffhanger.media.assets import LOOK_AGAIN
from cliffhanger.media.errors import SizeMismatch, UploadClosed, UploadNotFound, UploadTooLarge
from cliffhanger.media.models import (
    Asset,
    AssetError,
    AssetStatus,
    CompletionInput,
    SignedParts,
    SourceFile,
    StartedUpload,
    Upload,
    UploadInput,
    UploadStatus,
)
from cliffhanger.media.multipart import Multipart, open_multipart, part_size
from cliffhanger.media.settings import UploadSettings
from cliffhanger.media.source import SIZE_MISMATCH
from cliffhanger.metrics import Metric
from cliffhanger.settings import load
from cliffhanger.tables import DUE

OPEN_FOR = timedelta(hours=24)
"""The bucket's lifecycle rule aborts what is older."""

UPLOAD_DUE = "upload"
"""What the index of due items calls an upload that is open."""

_SK = "UPLOAD"
_TRIES = 5


def start(wanted: UploadInput, key: IdempotencyKey) -> StartedUpload:
    """Open an upload for the next generation of an episode, or return the one this key opened.

    Raises:
        EpisodeNotFound: there is no such episode.
        UploadTooLarge: the file is larger than the stage allows.
    """
    settings = load(UploadSettings)
    if wanted.size > settings.max_bytes:
        raise UploadTooLarge(
            f"At most {settings.max_bytes} bytes; this file has {wanted.size}. Encode it smaller.",
            max_bytes=settings.max_bytes,
        )
    place = generations.place(wanted.episode_id)
    asset_id = ids.new("ast")
    multipart = open_multipart(
        settings.source_bucket, keys.source_key(asset_id), wanted.content_type
    )
    upload = _upload_item(wanted, asset_id, multipart)
    for _ in range(_TRIES):
        generation = generations.last_generation(place) + 1
        asset = _asset(wanted, asset_id, place, generation)
        try:
            dynamo.transact(
                idempotency.guard(settings.content_table, key, upload["id"], clock.now()),
                generations.take_generation(place, generation),
                dynamo.create(settings.content_table, upload),
                dynamo.create(settings.content_table, assets.item(asset)),
            )
        except dynamo.ConditionFailed as error:
            if 0 not in error.failed:
                continue  # another upload of this episode took the generation
            multipart.abort()
            return _started(_opened_before(key))
        metrics.record(Metric.UPLOADS)
        return _started(upload)
    raise Busy("Others are uploading to this episode. Try again.")


def _upload_item(wanted: UploadInput, asset_id: str, multipart: Multipart) -> Item:
    now = clock.now()
    upload_id = ids.new("upl")
    return dynamo.key(upload_id, _SK) | {
        "id": upload_id,
        "asset_id": asset_id,
        "episode_id": wanted.episode_id,
        "status": "open",
        "filename": wanted.filename,
        "size": wanted.size,
        "part_size": part_size(wanted.size),
        "s3_upload_id": multipart.upload_id,
        "created_at": clock.iso(now),
        "closes_at": clock.iso(now + OPEN_FOR),
        DUE.partition_key: UPLOAD_DUE,
        DUE.sort_key: clock.iso(now + OPEN_FOR),
        **correlation.stored(),
    }


def _asset(wanted: UploadInput, asset_id: str, place: Place, generation: int) -> Asset:
    now = clock.now()
    return Asset(
        id=asset_id,
        episode_id=wanted.episode_id,
        drama_id=place.drama_id,
        slot=place.slot,
        generation=generation,
        status="awaiting_upload",
        progress=0,
        error=None,
        source=SourceFile(
            filename=wanted.filename,
            size=wanted.size,
            checksum_crc64nvme=wanted.checksum_crc64nvme,
        ),
        renditions=[],
        created_at=now,
        updated_at=now,
    )


def _opened_before(key: IdempotencyKey) -> Item:
    earlier = idempotency.earlier_result(load(UploadSettings).content_table, key)
    if earlier is None:
        raise Busy("Try again with a fresh Idempotency-Key.")
    return _find(earlier)


def _find(upload_id: str) -> Item:
    table = load(UploadSettings).content_table
    found = dynamo.get(table, dynamo.key(upload_id, _SK), consistent=True)
    if found is None:
        raise UploadNotFound("No upload has this id.")
    return found


def _open(upload_id: str) -> Item:
    found = _find(upload_id)
    if found["status"] != "open":
        raise UploadClosed(f"This upload is {found['status']}. Start a new one.")
    if _is_over(found):
        raise UploadClosed("This upload has expired after 24 hours. Start a new one.")
    return found


def _is_over(item: Item) -> bool:
    return clock.now() >= datetime.fromisoformat(item["closes_at"])


def _multipart(item: Item) -> Multipart:
    bucket = load(UploadSettings).source_bucket
    return Multipart(bucket, keys.source_key(item["asset_id"]), item["s3_upload_id"])


def _started(item: Item) -> StartedUpload:
    return StartedUpload(
        id=item["id"],
        asset_id=item["asset_id"],
        part_size=item["part_size"],
        parts=_multipart(item).sign(size=item["size"]),
    )


def look(upload_id: str) -> Upload:
    """Return an upload and the parts of it that have arrived.

    Raises:
        UploadNotFound: there is none.
    """
    item = _find(upload_id)
    status = "expired" if item["status"] == "open" and _is_over(item) else item["status"]
    try:
        received = _multipart(item).received() if status == "open" else []
    except UploadClosed:
        received = []
    told = {"received": received, "expires_at": item["closes_at"], "status": status}
    return Upload.model_validate(item | told)


def sign_again(upload_id: str) -> SignedParts:
    """Return fresh URLs for the parts that have not arrived.

    Raises:
        UploadNotFound: there is no such upload.
        UploadClosed: it takes no more parts.
    """
    item = _open(upload_id)
    multipart = _multipart(item)
    arrived = frozenset(part.number for part in multipart.received())
    return SignedParts(parts=multipart.sign(size=item["size"], skip=arrived))


def complete(upload_id: str, completion: CompletionInput) -> Asset:
    """Put the parts together. Doing it again answers the asset as it is by then.

    Raises:
        UploadNotFound: there is no such upload.
        UploadClosed: it was aborted or has expired.
        PartsMismatch: a part is missing, or is another one. The upload stays open.
        SizeMismatch: all have arrived and are not the declared file. The asset is rejected.
    """
    table = load(UploadSettings).content_table
    item = _find(upload_id)
    if item["status"] != "completed":
        _tell_rejection_again(item)
        item = _open(upload_id)
        try:
            _multipart(item).complete(completion.parts, size=item["size"])
        except SizeMismatch:
            _end(item, "rejected", error=SIZE_MISMATCH.model_dump())
            announcing.rejected(assets.find(table, item["asset_id"]), SIZE_MISMATCH.code)
            raise
        _close(item, "completed")
    uploaded = assets.move(
        table,
        item["asset_id"],
        "uploaded",
        when=("awaiting_upload",),
        look_again=clock.now() + LOOK_AGAIN,  # S3's event may be lost
    )
    try:
        return Asset.model_validate(dynamo.write(uploaded))
    except dynamo.ConditionFailed:  # S3's event, or an earlier try, has moved it on already
        return assets.find(table, item["asset_id"])


def _tell_rejection_again(item: Item) -> None:
    """Tell it once more to whoever asks once more: the first telling may have been lost."""
    if item["status"] != "aborted":
        return
    asset = assets.find(load(UploadSettings).content_table, item["asset_id"])
    if asset.status == "rejected" and asset.error:
        announcing.rejected(asset, asset.error.code)


def abort(upload_id: str) -> None:
    """Give up an upload and free what has arrived. Doing it again changes nothing.

    Raises:
        UploadNotFound: there is no such upload.
        UploadClosed: it is completed.
    """
    item = _find(upload_id)
    if item["status"] == "completed":
        raise UploadClosed("This upload is completed; its asset stands.")
    _end(item, "canceled")


def expire(item: Item) -> None:
    """End an upload that nobody has completed in time. Doing it again changes nothing.

    The bucket's lifecycle rule frees what has arrived. A file that stands was completed by a call
    that died before it could say so; S3's event may be lost too, so the sweep is to look at once.

    Args:
        item: the upload, as the index of due items has it.
    """
    if _multipart(item).stands():
        _settle(item, "completed", "uploaded", look_again=clock.now())
        return
    detail = "It was not completed within 24 hours. Upload the file again."
    error = AssetError(code="upload_expired", detail=detail)
    _settle(item, "expired", "canceled", error=error.model_dump())


def _end(item: Item, to: AssetStatus, **changes: Any) -> None:
    """Close an upload that will not be completed, end its asset, and free what has arrived."""
    _settle(item, "aborted", to, **changes)
    _multipart(item).abort()


def _settle(item: Item, status: UploadStatus, to: AssetStatus, **changes: Any) -> None:
    """Close an upload and move its asset on, in one write: neither can be left behind."""
    closed = _closing(item, status)
    table = load(UploadSettings).content_table
    moved = assets.move(table, item["asset_id"], to, when=("awaiting_upload",), **changes)
    try:
        dynamo.transact(closed, moved)
    except dynamo.ConditionFailed as error:
        if 0 in error.failed:
            raise UploadClosed("This upload was closed by another call.") from error
        _close(item, status)  # the asset has moved on: by an earlier try, or by S3's event
        return
    if to == "rejected":
        metrics.record(Metric.REJECTED, cause=changes["error"]["code"])


def _closing(item: Item, status: UploadStatus) -> dynamo.Write:
    return dynamo.update(
        load(UploadSettings).content_table,
        dynamo.key(item["id"], _SK),
        f"SET #status = :status REMOVE #{DUE.partition_key}, #{DUE.sort_key}",
        condition="#status IN (:open, :status)",
        status=status,
        open="open",
    )


def _close(item: Item, status: UploadStatus) -> None:
    try:
        dynamo.write(_closing(item, status))
    except dynamo.ConditionFailed as error:
        raise UploadClosed("This upload was closed by another call.") from error
