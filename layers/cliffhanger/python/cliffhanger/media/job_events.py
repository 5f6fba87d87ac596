"""What MediaConvert says of its jobs, applied to assets: late, repeated and in any order.

A job's event counts only for the attempt that made the job, and only while the asset is being
transcoded: nothing it says later can undo an end.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from cliffhanger import clock, correlation, dynamo, metrics
from cliffhanger.catalog import generations
from cliffhanger.catalog.generations import Place, Ready
from cliffhanger.errors import Busy
from cliffhanger.log import logger
from cliffhanger.media import announcing, assets, captions, causes, cost, jobs, outputs
from cliffhanger.media.assets import LOOK_AGAIN
from cliffhanger.media.models import Asset, AssetError, AssetStatus, Cost
from cliffhanger.media.outputs import Outputs
from cliffhanger.media.settings import TranscodingSettings
from cliffhanger.metrics import Metric
from cliffhanger.model import Model
from cliffhanger.settings import load

_TRIES = 5

_ENDS = {"COMPLETE", "ERROR", "CANCELED"}

Outcome = Literal[
    "not_ours",
    "ignored",
    "extra_canceled",
    "progressed",
    "ready",
    "superseded",
    "failed",
    "canceled",
]


class _Camel(Model):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class _Progress(_Camel):
    job_percent_complete: int = 0


class _OutputDetails(_Camel):
    duration_in_ms: int | None = None


class _OutputGroup(_Camel):
    output_details: list[_OutputDetails] = Field(default_factory=list)


class JobEvent(_Camel):
    """The detail of a `MediaConvert Job State Change`, as far as it is used.

    Source: AWS Elemental MediaConvert User Guide, the events that it sends to EventBridge.
    """

    job_id: str
    status: str
    user_metadata: dict[str, str] = Field(default_factory=dict)
    job_progress: _Progress | None = None
    output_group_details: list[_OutputGroup] = Field(default_factory=list)
    error_code: int | None = None
    error_message: str | None = None

    @property
    def attempt(self) -> str | None:
        """The attempt that made the job."""
        return self.user_metadata.get("attempt")

    @property
    def duration_ms(self) -> int | None:
        """The length of the longest output, in milliseconds."""
        found = [
            output.duration_in_ms
            for group in self.output_group_details
            for output in group.output_details
            if output.duration_in_ms
        ]
        return max(found, default=None)


def apply(detail: dict[str, Any]) -> Outcome:
    """Apply one event. Any number of times, in any order, gives the same asset in the end."""
    event = JobEvent.model_validate(detail)
    asset_id = event.user_metadata.get("asset_id")
    table = load(TranscodingSettings).content_table
    item = assets.find_item(table, asset_id) if asset_id else None
    if item is None:
        return "not_ours"
    correlation.take_up(item.get(correlation.FIELD) or event.user_metadata.get(correlation.FIELD))
    if item.get("attempt") != event.attempt:
        return "ignored"
    if not _is_own_job(item, event):
        return _extra(event)
    return _apply(Asset.model_validate(item), event)


def _is_own_job(item: dynamo.Item, event: JobEvent) -> bool:
    """Whether it is the job that is written down, or the first to be."""
    return bool(item.get("job_id", event.job_id) == event.job_id)


def _apply(asset: Asset, event: JobEvent) -> Outcome:
    match event.status:
        case "COMPLETE":
            return _complete(asset, event)
        case "ERROR":
            return _end(asset, event, "failed", causes.of(event.error_code))
        case "CANCELED":
            detail_text = "The transcoding was canceled. Upload the file again to start anew."
            return _end(asset, event, "canceled", AssetError(code="canceled", detail=detail_text))
    return _progress(asset, event)


def _extra(event: JobEvent) -> Outcome:
    """Cancel a second job of the attempt, made in a race: it would cost, and write the same files.

    Raises:
        botocore.exceptions.ClientError: the transcoder is throttled; the queue brings it again.
    """
    if event.status in _ENDS:
        return "ignored"
    jobs.cancel(event.job_id)
    return "extra_canceled"


def _progress(asset: Asset, event: JobEvent) -> Outcome:
    """Take a sign of life, and how far the job is: that never goes back."""
    percent = min(event.job_progress.job_percent_complete if event.job_progress else 0, 99)
    further = {"progress": percent} if percent > asset.progress else {}
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        "transcoding",
        when=("transcoding",),
        condition=assets.OWN_JOB + (" AND #progress <= :progress" if further else ""),
        given={"attempt": event.attempt},
        look_again=clock.now() + LOOK_AGAIN,
        job_id=event.job_id,
        **further,
    )
    try:
        dynamo.write(write)
    except dynamo.ConditionFailed:
        return "ignored"
    return "progressed"


def _end(asset: Asset, event: JobEvent, to: AssetStatus, why: AssetError) -> Outcome:
    write = assets.move(
        load(TranscodingSettings).content_table,
        asset.id,
        to,
        when=("transcoding",),
        condition=assets.OWN_JOB,
        given={"attempt": event.attempt},
        error=why.model_dump(),
        job_id=event.job_id,
    )
    at = Place(asset.drama_id, asset.slot)
    try:  # whatever the job has written by now goes with the superseded generations
        dynamo.transact(write, generations.abandon(at, asset.generation, clock.now()))
    except dynamo.ConditionFailed:
        return "ignored"
    if to == "failed":
        metrics.record(Metric.FAILED, cause=why.code)
        # What stands behind the sentence that the studio reads.
        logger().error(
            "transcoding failed", cause=why.code, job_id=event.job_id, error=event.error_message
        )
        return "failed"
    return "canceled"


def _complete(asset: Asset, event: JobEvent) -> Outcome:
    """Look at the files, make the asset ready and switch its episode, in one transaction.

    When the episode plays a higher generation already, or is pinned, the asset is ready all the
    same; it just does not go live.
    """
    if asset.status == "ready":  # told before; its event may not have got out, so tell it again
        return _announce(asset, "ready")
    if asset.status != "transcoding":
        return "ignored"
    try:
        found = outputs.check(asset)
    except outputs.Incomplete as error:
        event.error_message = str(error)
        return _end(asset, event, "failed", causes.OUTPUTS_INCOMPLETE)
    for _ in range(_TRIES):
        outcome = _make_ready(asset.id, event, found)
        if outcome is not None:
            return outcome
    raise Busy("Others are changing this episode.")  # the queue brings the event again


def _make_ready(asset_id: str, event: JobEvent, found: Outputs) -> Outcome | None:
    """Try the transaction once; None when something changed since it was read."""
    table = load(TranscodingSettings).content_table
    item = assets.find_item(table, asset_id) or {}
    asset = Asset.model_validate(item)
    if asset.status != "transcoding" or not _is_own_job(item, event):
        return "ignored"
    duration_ms = event.duration_ms or asset.source.duration_ms or 0
    condition, seen = captions.unchanged(item)
    moved = assets.move(
        table,
        asset.id,
        "ready",
        when=("transcoding",),
        condition=f"{assets.OWN_JOB} AND {condition}",
        given=seen | {"attempt": event.attempt},
        progress=100,
        job_id=event.job_id,
        duration_ms=duration_ms,
        cost=_cost(asset, duration_ms).model_dump(),
    )
    now = clock.now()
    playable = Ready(
        generation=asset.generation,
        asset_id=asset.id,
        duration_ms=duration_ms,
        master=captions.publish(asset, asset.captions, duration_ms),
        poster=found.poster,
    )
    standing = generations.look(Place(asset.drama_id, asset.slot))
    goes_live = standing.would_go_live(asset.generation)
    switch = generations.go_live if goes_live else generations.remember
    try:
        dynamo.transact(moved, *switch(standing, playable, now))
    except dynamo.ConditionFailed:
        return None
    metrics.record(Metric.READY)
    if "arrived_at" in item:
        waited = now - datetime.fromisoformat(item["arrived_at"])
        metrics.record(Metric.TIME_TO_READY, round(waited.total_seconds(), 1))
    return _announce(asset, "ready" if goes_live else "superseded")


def _cost(asset: Asset, duration_ms: int) -> Cost:
    return cost.estimate(
        asset.renditions,
        duration_ms=duration_ms,
        frame_rate=asset.source.frame_rate or 0,
        has_audio=bool(asset.source.has_audio),
    )


def _announce(asset: Asset, outcome: Outcome) -> Outcome:
    announcing.ready(asset)
    return outcome
