"""The media stack: from an uploaded file to a ready episode.

S3 and MediaConvert tell EventBridge; each rule feeds a queue with a dead-letter queue; one function
takes from both.
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_mediaconvert as mediaconvert
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.events import BusSettings
from cliffhanger.media.settings import (
    MediaSettings,
    RetentionSettings,
    TranscodingSettings,
    UploadSettings,
)
from cliffhanger.tables import DUE
from infra import layers
from infra.data import Data
from infra.edge import Edge
from infra.function import Function
from infra.grants import (
    acknowledge,
    acknowledge_objects,
    listing,
    on_index,
    on_objects,
    on_table,
)
from infra.queues import queue_with_dead_letters
from infra.stage import Local, Stage

_TIMEOUT = cdk.Duration.seconds(60)
_VISIBILITY = cdk.Duration.seconds(6 * 60)  # six times the timeout, as Lambda's guide wants it
_DELIVERIES = 10  # a throttled message comes back in seconds, so give it more of them


class Media(cdk.Stack):
    """Queues, rules, the transcoding function, and the role that MediaConvert works as."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        local: Local | None,
        data: Data,
        edge: Edge,
        **kw: Any,
    ) -> None:
        """Take the stage, where files come from and where they go."""
        super().__init__(scope, construct_id, **kw)
        self._local = local
        self._layers = [
            layers.libraries(self, "core", local=local),
            layers.domain(self),
        ]
        role = iam.Role(
            self,
            "MediaConvertRole",
            assumed_by=iam.ServicePrincipal(
                "mediaconvert.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            ),
        )
        on_objects(data.sources, role, "sources", "GetObject")
        on_objects(edge.bucket, role, "media", "PutObject")
        files = "One prefix of one bucket: a job reads one file of it and writes many"
        acknowledge_objects(role, data.sources_export, "sources", data, files)
        acknowledge_objects(role, edge.media_export, "media", edge, files)
        self.mediaconvert_queue_arn = queue_arn = self._mediaconvert_queue(stage, local)
        self.function = Function(
            self,
            "transcoding",
            stage=stage,
            local=local,
            layers=self._layers,
            settings=[
                TranscodingSettings(
                    content_table=data.content.table_name,
                    source_bucket=data.sources.bucket_name,
                    mediaconvert_role_arn=role.role_arn,
                    mediaconvert_queue_arn=queue_arn,
                    ladder=stage.media.ladder,
                    max_duration_seconds=stage.media.max_duration_seconds,
                    segment_seconds=stage.media.segment_seconds,
                    storage_tells_checksums=local is None,
                ),
                MediaSettings(media_bucket=edge.bucket.bucket_name),
                _catalog(stage, data),
                BusSettings(event_bus=data.bus.event_bus_name),
            ],
            timeout=_TIMEOUT,
            memory_mb=512,
        )
        self._grant(data, edge, role, queue_arn)
        self._sweep()
        self.retention = self._retention(stage, data, edge)
        self.uploads = self._queue(
            "Uploads",
            source=["aws.s3"],
            detail_type="Object Created",
            detail={"bucket": {"name": [data.sources.bucket_name]}},
            # A throttled CreateJob is tried for some fifteen seconds: five would outlive a batch.
            batch_size=1,
        )
        self.jobs = self._queue(
            "Jobs",
            # Nobody may send events as AWS itself, so the local transcoder has a name of its own.
            source=["local.mediaconvert" if local else "aws.mediaconvert"],
            detail_type="MediaConvert Job State Change",
            detail={"queue": [queue_arn]},
        )

    def _sweep(self) -> None:
        """Events get lost; a job that has been silent for too long is asked for."""
        events.Rule(
            self,
            "Sweep",
            description="Asks for jobs whose events were lost",
            schedule=events.Schedule.rate(cdk.Duration.minutes(1 if self._local else 5)),
            targets=[
                targets.LambdaFunction(
                    self.function, event=events.RuleTargetInput.from_object({"action": "sweep"})
                )
            ],
        )

    def _retention(self, stage: Stage, data: Data, edge: Edge) -> Function:
        """What deletes has nothing else to do, and nothing else deletes."""
        function = Function(
            self,
            "retention",
            stage=stage,
            local=self._local,
            layers=self._layers,
            settings=[
                RetentionSettings(
                    content_table=data.content.table_name,
                    superseded_days=stage.media.superseded_days,
                ),
                UploadSettings(
                    content_table=data.content.table_name,
                    source_bucket=data.sources.bucket_name,
                    max_bytes=stage.media.max_bytes,
                ),
                MediaSettings(media_bucket=edge.bucket.bucket_name),
                _catalog(stage, data),
            ],
            timeout=_TIMEOUT,
            memory_mb=256,
        )
        on_table(data.content, function, "UpdateItem")
        on_index(data.content, function, DUE)
        on_objects(data.sources, function, "sources", "GetObject")
        on_objects(edge.bucket, function, "media", "DeleteObject")
        listing(edge.bucket, function, "media")
        own = function.role or function
        acknowledge_objects(
            own,
            data.sources_export,
            "sources",
            data,
            "It asks whether the file of an upload is there",
        )
        acknowledge_objects(
            own, edge.media_export, "media", edge, "Any generation gets old one day"
        )
        events.Rule(
            self,
            "RetentionRule",
            description="Takes away superseded generations and uploads that were given up",
            schedule=events.Schedule.rate(cdk.Duration.hours(1)),
            targets=[targets.LambdaFunction(function)],
        )
        return function

    def _mediaconvert_queue(self, stage: Stage, local: Local | None) -> str:
        if local:  # the local cloud has no such resource; its transcoder has one queue
            return f"arn:aws:mediaconvert:{self.region}:{self.account}:queues/Default"
        queue = mediaconvert.CfnQueue(
            self, "Queue", name=f"cliffhanger-{stage.name}", pricing_plan="ON_DEMAND"
        )
        return queue.attr_arn

    def _grant(self, data: Data, edge: Edge, role: iam.Role, queue_arn: str) -> None:
        on_table(data.content, self.function, "GetItem", "PutItem", "Query", "UpdateItem")
        on_index(data.content, self.function, DUE)
        on_objects(data.sources, self.function, "sources", "GetObject")
        on_objects(edge.bucket, self.function, "media", "GetObject", "PutObject")
        listing(edge.bucket, self.function, "media")
        data.bus.grant_put_events_to(self.function)
        role.grant_pass_role(self.function.grant_principal)
        account = f"arn:{self.partition}:mediaconvert:{self.region}:{self.account}"
        for actions, resource in (  # MediaConvert has no grants in the CDK
            (["CreateJob"], queue_arn),
            (["CancelJob", "GetJob", "TagResource"], f"{account}:jobs/*"),
            (["Probe", "SearchJobs"], f"{account}:*"),
        ):
            iam.Grant.add_to_principal(
                grantee=self.function,
                actions=[f"mediaconvert:{action}" for action in actions],
                resource_arns=[resource],
            )
        own = self.function.role or self.function
        acknowledge_objects(
            own, data.sources_export, "sources", data, "An upload's key is its asset's id"
        )
        acknowledge_objects(
            own, edge.media_export, "media", edge, "Any generation may get ready next"
        )
        jobs = f"arn:<AWS::Partition>:mediaconvert:{self.region}:<AWS::AccountId>:jobs/*"
        acknowledge(own, f"IAM5[Resource::{jobs}]", "A job's id is not known before it is made")
        acknowledge(
            own,
            f"IAM5[Resource::{jobs.removesuffix('jobs/*')}*]",
            "Probe and SearchJobs name no resource of their own",
        )

    def _queue(
        self,
        name: str,
        *,
        source: list[str],
        detail_type: str,
        detail: Mapping[str, Any],
        batch_size: int = 5,
    ) -> sqs.Queue:
        queue, dead = queue_with_dead_letters(
            self, name, local=self._local, visibility=_VISIBILITY, deliveries=_DELIVERIES
        )
        events.Rule(
            self,
            f"{name}Rule",
            event_pattern=events.EventPattern(
                source=source, detail_type=[detail_type], detail=dict(detail)
            ),
            # An event that cannot be delivered waits with the messages that failed.
            targets=[targets.SqsQueue(queue, dead_letter_queue=dead)],
        )
        self.function.add_event_source(
            sources.SqsEventSource(queue, batch_size=batch_size, report_batch_item_failures=True)
        )
        return queue


def _catalog(stage: Stage, data: Data) -> CatalogSettings:
    return CatalogSettings(
        content_table=data.content.table_name, default_language=stage.catalog.default_language
    )
