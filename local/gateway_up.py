"""Tells the emulated gateway which web pages may call the API."""

import json
from typing import Any

from infra.stage import Stage
from local.aws import client
from local.deployment import Deployment
from local.layout import Place


def let_pages_call(place: Place, stage: Stage, deployment: Deployment) -> None:
    """Say by the gateway's own API what its stack has said already.

    From a stack the emulated gateway keeps it under CloudFormation's names and looks it up under
    the API's, so it would turn every page away, the stage's own too.
    """
    where: dict[str, Any] = {"endpoint": place.url("aws"), "region": deployment.region}
    stack = f"Cliffhanger-{stage.name}-api"
    told = client("cloudformation", **where).get_template(StackName=stack)["TemplateBody"]
    template = json.loads(told) if isinstance(told, str) else told
    (wanted,) = [
        one["Properties"].get("CorsConfiguration")
        for one in template["Resources"].values()
        if one["Type"] == "AWS::ApiGatewayV2::Api"
    ]
    if wanted:
        gateway = client("apigatewayv2", **where)
        gateway.update_api(ApiId=deployment["api", "ApiId"], CorsConfiguration=wanted)
