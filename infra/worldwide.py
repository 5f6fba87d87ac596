"""The worldwide stack: what CloudFront measures and logs.

Both stand in us-east-1, whatever the region of the stage is; an alarm stands where its metric is.
"""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from infra.data import Data
from infra.edge import Edge
from infra.edge_logs import deliver_logs
from infra.firewall import Firewall
from infra.front import Front
from infra.stage import Stage
from infra.watch.alarms import Alarms
from infra.watch.viewers import watch_edge


class Worldwide(cdk.Stack):
    """The alarms of both distributions, and the deliveries of their logs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        data: Data,
        edge: Edge,
        front: Front,
        firewall: Firewall,
        **kw: Any,
    ) -> None:
        """Take the stage, both distributions, where logs go, and whom alarms tell."""
        super().__init__(scope, construct_id, **kw)
        distributions = {"Media": edge.distribution, "Api": front.distribution}
        watch_edge(
            Alarms(self, firewall.topic),
            {name: one.distribution_id for name, one in distributions.items()},
            edge.checks.function_name,
        )
        deliver_logs(self, stage, data.access_logs, distributions)
