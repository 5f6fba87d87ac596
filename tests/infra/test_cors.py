"""Which web pages may call the API: those of the stage file, and locally the demo's own."""

from typing import Any

from tests.infra.conftest import LOCAL, Templates, resources


def cors(templates: Templates) -> dict[str, Any]:
    (api,) = resources(templates, "AWS::ApiGatewayV2::Api")
    found: dict[str, Any] = api["Properties"]["CorsConfiguration"]
    return found


def test_the_pages_of_the_stage_file_and_no_other_may_call(prod: Templates) -> None:
    told = cors(prod)
    assert told["AllowOrigins"] == ["https://studio.cliffhanger.example"]
    assert set(told["AllowHeaders"]) == {"authorization", "content-type", "idempotency-key"}
    assert "AllowCredentials" not in told, "a token is sent by the page, never by the browser"


def test_the_local_stage_lets_its_own_origin(local: Templates) -> None:
    assert cors(local)["AllowOrigins"] == [LOCAL["public_url"]]
