"""The API stack: one HTTP API, made from the route table, and the functions behind it."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from constructs import Construct

from cliffhanger.correlation import HEADER
from cliffhanger.routing import Access
from functions.registry import HTTP_FUNCTIONS, ROUTES
from infra.commerce import Commerce
from infra.data import Data
from infra.edge import Edge
from infra.function import removal
from infra.gateway import CALLS_PER_SECOND
from infra.grants import acknowledge
from infra.http_functions import HttpFunctions
from infra.release import Canary, live
from infra.stage import Local, Stage

_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.authorizer.error",
}
_NOWHERE_PER_SECOND = 50  # who looks for what is not there need not be answered fast


class Api(cdk.Stack):
    """The gateway, with each route before the function that answers it."""

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
        self.functions = HttpFunctions(
            self, stage=stage, local=local, data=data, edge=edge, commerce=commerce
        ).make()
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

    def _cors(self) -> apigw.CorsPreflightOptions | None:
        """Answer web pages of the stage's origins. An app is no web page and needs none of it."""
        origins = self._stage.pages(self._local)
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
            route: {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": 2 * rate}
            for route, rate in _rates().items()
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
        made.append(self._nowhere())
        return made

    def _nowhere(self) -> apigw.HttpRoute:
        """Let a function say that nothing stands there: the gateway's own words are no problem."""
        route = apigw.HttpRoute(
            self,
            "Nowhere",
            http_api=self.http_api,
            route_key=apigw.HttpRouteKey.DEFAULT,
            integration=integrations.HttpLambdaIntegration(
                "NowhereIntegration", self._aliases["catalog"], scope_permission_to_route=False
            ),
        )
        acknowledge(route, "APIG4", "It answers 404 and nothing else, whoever calls")
        return route


def _rates() -> dict[str, int]:
    """Return the calls a second of each route that has a throttle of its own."""
    own = {f"{one.method} {one.full_path}": one.per_second for one in ROUTES if one.per_second}
    return own | {"$default": _NOWHERE_PER_SECOND}
