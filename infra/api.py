"""The API stack: one HTTP API, made from the route table, and the functions behind it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cliffhanger.catalog.settings import CatalogSettings
from cliffhanger.correlation import HEADER
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
from cliffhanger.routing import Access
from cliffhanger.settings import Settings
from cliffhanger.tables import SHELF
from cliffhanger.wallet.settings import WalletSettings
from cliffhanger.watching.settings import WatchingSettings
from functions.registry import HTTP_FUNCTIONS, ROUTES
from infra import layers
from infra.commerce import Commerce
from infra.data import Data
from infra.edge import Edge
from infra.function import Function, removal
from infra.gateway import CALLS_PER_SECOND
from infra.grants import (
    acknowledge,
    acknowledge_objects,
    on_index,
    on_objects,
    on_partitions,
    on_table,
    sign_with,
    to_queue,
)
from infra.release import KEPT_VERSIONS, Canary, live
from infra.stage import Local, Stage
from infra.stores import PRODUCTS, apple_settings, buying_settings, let_buy, push_settings

_TIMEOUT = cdk.Duration.seconds(15)
# Presigned parts act with these; GetObject tells whether a completion had happened.
_MULTIPART = ("PutObject", "GetObject", "AbortMultipartUpload", "ListMultipartUploadParts")
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.authorizer.error",
}


class Api(cdk.Stack):
    """The gateway and its functions. A function may touch what its grants below say, no more."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        local: Local | None,
        data: Data,
        edge: Edge,
        commerce: Commerce,
        **kw: Any,
    ) -> None:
        """Take the stage, its data, its edge, and the queue of the stores' notifications."""
        super().__init__(scope, construct_id, **kw)
        self._stage = stage
        self._local = local
        self._data = data
        self._edge = edge
        self._commerce = commerce
        self._layers = [layers.libraries(self, "core", local=local), layers.domain(self)]
        self._stores_layer = layers.libraries(self, "stores", local=local)
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
        self.functions = {spec.name: makers[spec.name]() for spec in HTTP_FUNCTIONS}
        self._aliases = {name: live(function) for name, function in self.functions.items()}
        self.http_api = apigw.HttpApi(
            self,
            "HttpApi",
            description=f"Cliffhanger {stage.name}",
            create_default_stage=False,
            cors_preflight=self._cors(),
        )
        default = self._default_stage()
        for route in self._routes():
            default.node.add_dependency(route)  # its throttles name routes
        if stage.ops.release == "canary" and not local:
            Canary(self, "Release", aliases=self._aliases, http_api=self.http_api)
        cdk.CfnOutput(self, "ApiId", value=self.http_api.api_id)
        identity = self.functions["identity"].function_name
        cdk.CfnOutput(self, "IdentityFunction", value=identity)

    def _function(
        self, name: str, settings: Sequence[Settings], *, asks_stores: bool = False
    ) -> Function:
        origin = OriginSettings(origin_secret=self._data.origin_secret.secret_arn)
        function = Function(
            self,
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
    def _revocation_settings(self) -> list[Settings]:
        return [
            RevocationSettings(
                content_table=self._data.content.table_name,
                token_seconds=self._stage.playback.token_seconds,
            ),
            EdgeQueueSettings(edge_queue_url=self._edge.writes.queue_url),
        ]

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
                *self._revocation_settings,
            ],
        )
        on_table(self._data.commerce, function, "GetItem", "PutItem", "Query", "UpdateItem")
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
                *self._revocation_settings,
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
        return function

    def _purchases(self) -> Function:
        settings = buying_settings(self._stage, self._local, self._data)
        function = self._function("purchases", [*settings, AppleClaimSettings()], asks_stores=True)
        let_buy(function, self._stage, self._data)
        on_partitions(self._data.content, function, PRODUCTS, "PutItem")
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

    def _cors(self) -> apigw.CorsPreflightOptions | None:
        """Answer web pages of the stage's origins. An app is no web page and needs none of it."""
        own = [self._local.public_url] if self._local else []
        origins = [*self._stage.api.origins, *own]
        if not origins:
            return None
        return apigw.CorsPreflightOptions(
            allow_origins=origins,
            allow_methods=[apigw.CorsHttpMethod.ANY],
            allow_headers=["authorization", "content-type", "idempotency-key", HEADER],
            expose_headers=["apigw-requestid"],  # the request id that a fault of ours asks for
            max_age=cdk.Duration.days(1),
        )

    def _default_stage(self) -> apigw.HttpStage:
        log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=removal(self._stage),
        )
        default = apigw.HttpStage(
            self,
            "Default",
            http_api=self.http_api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigw.ThrottleSettings(rate_limit=CALLS_PER_SECOND, burst_limit=1000),
        )
        resource = default.node.default_child
        assert isinstance(resource, apigw.CfnStage)  # noqa: S101 - tells the type
        resource.route_settings = {
            f"{route.method} {route.full_path}": {
                "ThrottlingRateLimit": route.per_second,
                "ThrottlingBurstLimit": 2 * route.per_second,
            }
            for route in ROUTES
            if route.per_second
        }
        resource.access_log_settings = apigw.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )
        return default

    def _routes(self) -> list[apigw.HttpRoute]:
        """Deny by default: what the table does not have is not on the gateway."""
        made: list[apigw.HttpRoute] = []
        authorizer = authorizers.HttpJwtAuthorizer(
            "Jwt",
            self._data.issuer,
            jwt_audience=[self._data.app_client.user_pool_client_id],
        )
        for spec in HTTP_FUNCTIONS:
            integration = integrations.HttpLambdaIntegration(
                f"{spec.name.capitalize()}Integration",
                self._aliases[spec.name],
                scope_permission_to_route=False,
            )
            for route in spec.routes:
                public = route.access is Access.PUBLIC
                added = self.http_api.add_routes(
                    path=route.full_path,
                    methods=[apigw.HttpMethod[route.method]],
                    integration=integration,
                    authorizer=apigw.HttpNoneAuthorizer() if public else authorizer,
                )
                made += added
                if public:
                    acknowledge(added[0], "APIG4", "The route table says that anyone may call it")
        return made
