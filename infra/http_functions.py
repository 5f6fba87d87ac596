"""The functions behind the API: what each of them is told, and what it may touch. No more."""

from collections.abc import Callable, Sequence

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.edge.settings import EdgeQueueSettings, RevocationSettings
from cliffhanger.entitlements.settings import (
    EntitlementSettings,
    StatementKeySettings,
    StatementSettings,
)
from cliffhanger.events import BusSettings
from cliffhanger.identity.settings import IdentitySettings, MarketSettings, ViewerSettings
from cliffhanger.media.settings import MediaSettings, UploadSettings
from cliffhanger.origin import OriginSettings
from cliffhanger.playback.settings import PlaybackSettings
from cliffhanger.purchases.apple.settings import AppleClaimSettings
from cliffhanger.purchases.settings import NotificationQueueSettings
from cliffhanger.settings import Settings
from cliffhanger.tables import DUE, PAGES, SHELF
from cliffhanger.wallet.settings import WalletSettings
from cliffhanger.watching.settings import WatchingSettings
from functions.registry import HTTP_FUNCTIONS
from infra import layers
from infra.commerce import Commerce
from infra.data import Data
from infra.edge import Edge
from infra.function import Function
from infra.grants import (
    acknowledge_objects,
    on_index,
    on_objects,
    on_partitions,
    on_table,
    sign_with,
    to_queue,
)
from infra.release import KEPT_VERSIONS
from infra.stage import Local, Stage
from infra.stores import PRODUCTS, apple_settings, buying_settings, let_buy, push_settings

_TIMEOUT = cdk.Duration.seconds(15)
# Presigned parts act with these; GetObject tells whether a completion had happened.
_MULTIPART = ("PutObject", "GetObject", "AbortMultipartUpload", "ListMultipartUploadParts")


class HttpFunctions:
    """Makes the functions of a stage, each with its settings and its grants."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        local: Local | None,
        data: Data,
        edge: Edge,
        commerce: Commerce,
    ) -> None:
        """Take where they stand, the stage, and what they may be granted."""
        self._scope = scope
        self._stage = stage
        self._local = local
        self._data = data
        self._edge = edge
        self._commerce = commerce
        self._layers = [
            layers.libraries(scope, "core", local=local),
            layers.domain(scope),
        ]
        self._stores_layer = layers.libraries(scope, "stores", local=local)

    def make(self) -> dict[str, Function]:
        """Return every function that answers HTTP, by its name."""
        makers: dict[str, Callable[[], Function]] = {
            "identity": self._identity,
            "catalog": self._catalog,
            "studio": self._studio,
            "viewing": self._viewing,
            "wallet": self._wallet,
            "purchases": self._purchases,
            "store_notices": self._store_notices,
            "entitlements": self._entitlements,
        }
        return {spec.name: makers[spec.name]() for spec in HTTP_FUNCTIONS}

    def _function(
        self, name: str, settings: Sequence[Settings], *, asks_stores: bool = False
    ) -> Function:
        origin = OriginSettings(origin_secret=self._data.origin_secret.secret_arn)
        function = Function(
            self._scope,
            name,
            stage=self._stage,
            local=self._local,
            layers=[*self._layers, self._stores_layer] if asks_stores else self._layers,
            settings=[*settings, origin],
            timeout=_TIMEOUT,
            memory_mb=512,
            snap_start=None if self._local else lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS,
            current_version_options=lambda_.VersionOptions(removal_policy=KEPT_VERSIONS),
        )
        cdk.Annotations.of(function).acknowledge_warning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "The gateway calls published versions"
        )
        self._data.origin_secret.grant_read(function)
        return function

    @property
    def _catalog_settings(self) -> CatalogSettings:
        return CatalogSettings(
            content_table=self._data.content.table_name,
            default_language=self._stage.catalog.default_language,
        )

    @property
    def _revocation_settings(self) -> RevocationSettings:
        return RevocationSettings(
            content_table=self._data.content.table_name,
            token_seconds=self._stage.playback.token_seconds,
        )

    @property
    def _revoking_settings(self) -> list[Settings]:
        queue = EdgeQueueSettings(edge_queue_url=self._edge.writes.queue_url)
        return [self._revocation_settings, queue]

    def _identity(self) -> Function:
        function = self._function(
            "identity",
            [
                IdentitySettings(
                    user_pool_id=self._data.user_pool.user_pool_id,
                    user_pool_client_id=self._data.app_client.user_pool_client_id,
                ),
                ViewerSettings(commerce_table=self._data.commerce.table_name),
                MarketSettings(markets=self._stage.catalog.markets),
                WalletSettings(commerce_table=self._data.commerce.table_name),
                EntitlementSettings(commerce_table=self._data.commerce.table_name),
                WatchingSettings(commerce_table=self._data.commerce.table_name),
                *self._revoking_settings,
            ],
        )
        on_table(
            self._data.commerce,
            function,
            *("BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        )
        on_index(self._data.commerce, function, PAGES)
        on_partitions(self._data.content, function, ["vwr_*"], "PutItem")
        to_queue(self._edge.writes, function)
        self._data.user_pool.grant(
            function,
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminSetUserPassword",
            "cognito-idp:AdminInitiateAuth",
            "cognito-idp:AdminUserGlobalSignOut",
            "cognito-idp:AdminDeleteUser",
        )
        return function

    def _catalog(self) -> Function:
        function = self._function("catalog", [self._catalog_settings])
        on_table(self._data.content, function, "GetItem", "Query")
        on_index(self._data.content, function, SHELF)
        return function

    def _studio(self) -> Function:
        function = self._function(
            "studio",
            [
                self._catalog_settings,
                UploadSettings(
                    content_table=self._data.content.table_name,
                    source_bucket=self._data.sources.bucket_name,
                    max_bytes=self._stage.media.max_bytes,
                ),
                MediaSettings(media_bucket=self._edge.bucket.bucket_name),
                BusSettings(event_bus=self._data.bus.event_bus_name),
                *self._revoking_settings,
            ],
        )
        on_table(
            self._data.content,
            function,
            *("BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        )
        on_objects(self._edge.bucket, function, "media", "GetObject", "PutObject")
        acknowledge_objects(
            function.role or function,
            self._edge.media_export,
            "media",
            self._edge,
            "Captions may be added to any generation",
        )
        to_queue(self._edge.writes, function)
        self._data.bus.grant_put_events_to(function)
        on_objects(self._data.sources, function, "sources", *_MULTIPART)
        acknowledge_objects(
            function.role or function,
            self._data.sources_export,
            "sources",
            self._data,
            "An upload's key is its asset's id",
        )
        return function

    def _viewing(self) -> Function:
        function = self._function(
            "viewing",
            [
                self._catalog_settings,
                PlaybackSettings(
                    media_url=self._edge.media_url,
                    playback_keys_secret=self._data.playback_keys.secret_arn,
                    token_seconds=self._stage.playback.token_seconds,
                ),
                self._revocation_settings,
                EntitlementSettings(commerce_table=self._data.commerce.table_name),
                WalletSettings(commerce_table=self._data.commerce.table_name),
                ViewerSettings(commerce_table=self._data.commerce.table_name),
                WatchingSettings(commerce_table=self._data.commerce.table_name),
                BusSettings(event_bus=self._data.bus.event_bus_name),
            ],
        )
        on_table(self._data.content, function, "BatchGetItem", "GetItem", "Query")
        on_table(
            self._data.commerce,
            function,
            *("BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        )
        on_index(self._data.commerce, function, PAGES)
        self._data.bus.grant_put_events_to(function)
        self._data.playback_keys.grant_read(function)
        return function

    def _wallet(self) -> Function:
        function = self._function(
            "wallet",
            [
                WalletSettings(commerce_table=self._data.commerce.table_name),
                ViewerSettings(commerce_table=self._data.commerce.table_name),
            ],
        )
        on_table(self._data.commerce, function, "BatchGetItem", "GetItem", "PutItem", "Query")
        on_index(self._data.commerce, function, PAGES)
        return function

    def _purchases(self) -> Function:
        settings = buying_settings(self._stage, self._local, self._data)
        function = self._function("purchases", [*settings, AppleClaimSettings()], asks_stores=True)
        let_buy(function, self._stage, self._data)
        on_partitions(self._data.content, function, PRODUCTS, "PutItem")
        on_index(self._data.commerce, function, DUE)
        return function

    def _store_notices(self) -> Function:
        queue = self._commerce.notifications
        settings = [
            apple_settings(self._stage, self._local),
            push_settings(self._stage, self._local),
            NotificationQueueSettings(notifications_queue_url=queue.queue_url),
        ]
        function = self._function("store_notices", settings, asks_stores=True)
        to_queue(queue, function)
        return function

    def _entitlements(self) -> Function:
        function = self._function(
            "entitlements",
            [
                self._catalog_settings,
                EntitlementSettings(commerce_table=self._data.commerce.table_name),
                ViewerSettings(commerce_table=self._data.commerce.table_name),
                StatementKeySettings(statement_key_arn=self._data.statement_key.key_arn),
                StatementSettings(statement_hours=self._stage.playback.statement_hours),
            ],
        )
        on_table(self._data.content, function, "BatchGetItem", "Query")
        on_table(self._data.commerce, function, "BatchGetItem", "Query")
        sign_with(self._data.statement_key, function)
        return function
