"""The commerce stack: the queue of the stores' notifications, and what takes from it."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from cliffhanger.identity.settings import IdentitySettings
from cliffhanger.tables import DUE
from cliffhanger.watching.settings import WatchingSettings
from infra import layers
from infra.data import Data
from infra.function import Function
from infra.grants import on_index
from infra.queues import queue_with_dead_letters
from infra.stage import Local, Stage
from infra.stores import buying_settings, let_buy

_TIMEOUT = cdk.Duration.seconds(60)
_VISIBILITY = cdk.Duration.seconds(6 * 60)  # six times the timeout, as Lambda's guide wants it
_DELIVERIES = 8  # some fifty minutes of a store that does not answer; then the history has it


class Commerce(cdk.Stack):
    """What happens to purchases when nobody is calling."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        local: Local | None,
        data: Data,
        **kw: Any,
    ) -> None:
        """Take the stage and its data."""
        super().__init__(scope, construct_id, **kw)
        self.notifications, _ = queue_with_dead_letters(
            self,
            "Notifications",
            local=local,
            visibility=_VISIBILITY,
            deliveries=_DELIVERIES,
            fifo=True,
        )
        self.function = Function(
            self,
            "purchase_events",
            stage=stage,
            local=local,
            layers=[
                layers.libraries(self, "core", local=local),
                layers.libraries(self, "stores", local=local),
                layers.domain(self),
            ],
            settings=[
                *buying_settings(stage, local, data),
                IdentitySettings(
                    user_pool_id=data.user_pool.user_pool_id,
                    user_pool_client_id=data.app_client.user_pool_client_id,
                ),
                WatchingSettings(commerce_table=data.commerce.table_name),
            ],
            timeout=_TIMEOUT,
            memory_mb=512,
        )
        let_buy(self.function, stage, data)
        on_index(data.commerce, self.function, DUE)
        # A guest whose merge nobody finished is moved by the sweep, and their sessions end.
        data.user_pool.grant(self.function, "cognito-idp:AdminUserGlobalSignOut")
        self.function.add_event_source(
            sources.SqsEventSource(
                self.notifications, batch_size=5, report_batch_item_failures=True
            )
        )
        soon = cdk.Duration.minutes(1 if local else 5)
        self._schedule("Settle", soon, "Does what calls that died have left", "settle")
        self._schedule("Recheck", soon, "Asks about what no store told anything of", "recheck")
        # Each source has a minute of its own, so none waits for another.
        apple = {"Production": ("Production", "Sandbox"), "Sandbox": ("Sandbox",)}
        names = [f"apple#{one}" for one in apple[stage.apple.environment]]
        for name, action, rate, why in (
            ("Reconcile", "reconcile", cdk.Duration.hours(6), "Finds what no notification told"),
            ("GoOn", "go_on", soon, "Goes on with what Reconcile has begun"),
        ):
            self._schedule(name, rate, why, action, *names, "google")

    def _schedule(self, name: str, rate: cdk.Duration, why: str, action: str, *of: str) -> None:
        """Ask for an action; where it has sources, for each by itself."""
        asked = [{"action": action, "source": one} for one in of] or [{"action": action}]
        events.Rule(
            self,
            name,
            description=why,
            schedule=events.Schedule.rate(rate),
            targets=[
                targets.LambdaFunction(self.function, event=events.RuleTargetInput.from_object(one))
                for one in asked
            ],
        )
