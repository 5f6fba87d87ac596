"""No secret leaves Secrets Manager by a template, a variable or an asset."""

import json
import re
from pathlib import Path

import pytest

from tests.infra.conftest import Templates, functions, resources

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|\{\{resolve:(?:secretsmanager|ssm-secure)"
)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN EC PRIVATE KEY-----",
        "{{resolve:secretsmanager:cliffhanger/prod/google}}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ2d3IifQ.c2lnbmF0dXJlLW9m",
    ],
)
def test_a_secret_would_be_found(text: str) -> None:
    assert SECRETS.search(json.dumps({"Value": text}))


def test_no_template_holds_a_secret(prod: Templates) -> None:
    for name, template in prod.items():
        text = json.dumps(template)
        if name == "front":  # the one header that CloudFormation fills in; see test_front
            text = text.replace("{{resolve:secretsmanager:", "", 1)
        found = SECRETS.search(text)
        assert not found, (name, found)


def test_no_template_of_the_local_cloud_holds_a_secret(local: Templates) -> None:
    found = SECRETS.search(json.dumps(local))
    assert not found, found


def test_no_code_of_ours_holds_a_secret(prod: Templates, prod_folder: Path) -> None:
    ours = [one["Code"]["S3Key"] for one in functions(prod).values()] + [
        one["Properties"]["Content"]["S3Key"]
        for one in resources(prod, "AWS::Lambda::LayerVersion")
        if one["Properties"]["Description"] == "The package cliffhanger"
    ]
    for key in set(ours):
        for path in (prod_folder / f"asset.{key.removesuffix('.zip')}").rglob("*.py"):
            assert not SECRETS.search(path.read_text()), path


def test_a_fresh_stage_has_an_empty_ring_of_playback_keys(prod: Templates) -> None:
    secrets = [one["Properties"] for one in resources(prod, "AWS::SecretsManager::Secret")]
    (ring,) = [one["SecretString"] for one in secrets if "SecretString" in one]
    assert json.loads(ring) == {"keys": []}


def test_the_origin_secret_is_made_by_aws_and_long(prod: Templates) -> None:
    secrets = [one["Properties"] for one in resources(prod, "AWS::SecretsManager::Secret")]
    (made,) = [one["GenerateSecretString"] for one in secrets if "GenerateSecretString" in one]
    assert made["GenerateStringKey"] == "sending"
    assert json.loads(made["SecretStringTemplate"]) == {"also": ""}
    assert made["PasswordLength"] >= 48


BY_HAND = {"cliffhanger/prod/apple", "cliffhanger/prod/google"}
"""Secrets that come from the stores' consoles: stages/prod.toml names them."""


def test_a_variable_holds_the_name_of_a_secret_and_never_what_is_in_it(prod: Templates) -> None:
    for name, function in functions(prod).items():
        for variable, value in function["Environment"]["Variables"].items():
            if re.search("SECRET|KEY|PASSWORD", variable.removesuffix("_ARN")):
                by_hand = isinstance(value, str) and value in BY_HAND
                assert by_hand or "Fn::ImportValue" in value, (name, variable)
