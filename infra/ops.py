"""The ops stack: who is woken and by what, and what they look at first."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infra.api import Api
from infra.commerce import Commerce
from infra.data import Data
from infra.edge import Edge
from infra.firewall import Firewall
from infra.front import Front
from infra.media import Media
from infra.stage import Stage
from infra.watch.alarms import Alarms, topic_of
from infra.watch.dashboard import Shown, dashboard
from infra.watch.functions import watch_functions
from infra.watch.keys import watch_keys
from infra.watch.money import watch_money
from infra.watch.pipeline import watch_pipeline
from infra.watch.queues import Watched, watch_queue
from infra.watch.sweeps import watch_sweeps
from infra.watch.viewers import watch_api, watch_sign_in, watch_tables


class Ops(cdk.Stack):
    """Alarms that mean that something is lost or broken unless a person looks; a dashboard."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        data: Data,
        media: Media,
        edge: Edge,
        commerce: Commerce,
        api: Api,
        front: Front | None,
        firewall: Firewall | None,
        **kw: Any,
    ) -> None:
        """Take the stage and what is watched."""
        super().__init__(scope, construct_id, **kw)
        self.topic = topic_of(self, stage)
        alarms = Alarms(self, self.topic)
        called = list(api.functions.values())
        behind = [media.function, media.retention, commerce.function, edge.writer]
        queues = _queues(media, edge, commerce)
        distributions = [
            one.distribution.distribution_id for one in (edge, front) if one is not None
        ]
        watch_functions(alarms, stage, called=called, behind=behind)
        for one in queues:
            watch_queue(alarms, one)
        watch_pipeline(alarms, stage, media.mediaconvert_queue_arn)
        watch_money(alarms, stage)
        watch_sweeps(alarms, stage)
        watch_keys(alarms, stage)
        watch_api(alarms, api.http_api.api_id)
        watch_sign_in(alarms, data)
        watch_tables(alarms, data.tables)
        dashboard(
            self,
            stage,
            Shown(
                functions=[*called, *behind],
                queues=queues,
                tables=data.tables,
                api_id=api.http_api.api_id,
                distributions=distributions,
                edge_function=edge.checks.function_name,
                mediaconvert_queue_arn=media.mediaconvert_queue_arn,
                firewall=firewall.metric if firewall else None,
            ),
        )


def _queues(media: Media, edge: Edge, commerce: Commerce) -> tuple[Watched, ...]:
    hour = 3600
    return (
        Watched(
            name="Uploads", queue=media.uploads, oldest=hour, told="The event of an uploaded file"
        ),
        Watched(name="Jobs", queue=media.jobs, oldest=hour, told="An event of a transcoding job"),
        Watched(
            name="Notifications",
            queue=commerce.notifications,
            oldest=hour,
            told="A notification of a store",
        ),
        # A takedown that waits is one that plays on.
        Watched(name="EdgeWrites", queue=edge.writes, oldest=120, told="A write to the edge"),
    )
