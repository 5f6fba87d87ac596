"""What Secrets Manager of the running cloud holds stands nowhere else."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import client
from tests.client import Client
from tests.conftest import TEST_CLOUD

HIDDEN = {"private_key", "secret", "sending", "also"}
"""The members of our secrets that nobody else may know. The rest are names: ids, addresses."""


def hidden(value: Any, name: str = "") -> Iterator[str]:
    """Every value to hide; of a key in PEM, its longest line."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from hidden(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from hidden(inner, name)
    elif name in HIDDEN and value:
        yield max(str(value).splitlines(), key=len)


@pytest.fixture
def ask(cloud: dict[str, Any]) -> Any:
    def made(service: str) -> Any:
        return client(service, endpoint=cloud["aws_endpoint_url"], region=cloud["region"])

    return made


@pytest.fixture
def values(ask: Any) -> set[str]:
    secrets = ask("secretsmanager")
    found: set[str] = set()
    for one in secrets.list_secrets()["SecretList"]:
        text = secrets.get_secret_value(SecretId=one["ARN"])["SecretString"]
        found |= set(hidden(json.loads(text)))
    return found


def places(ask: Any) -> Iterator[tuple[str, str]]:
    """Everything that a person who may not read secrets can read."""
    formation = ask("cloudformation")
    for stack in formation.describe_stacks()["Stacks"]:
        name = stack["StackName"]
        yield f"outputs of {name}", json.dumps(stack, default=str)
        template = formation.get_template(StackName=name)["TemplateBody"]
        yield f"template of {name}", template if isinstance(template, str) else json.dumps(template)
    for function in ask("lambda").list_functions(MaxItems=100)["Functions"]:
        yield f"function {function['FunctionName']}", json.dumps(function, default=str)
    logs = ask("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        yield f"log {group['logGroupName']}", "\n".join(one["message"] for one in events)
    state = Path(os.environ.get("CLIFFHANGER_STATE", TEST_CLOUD.state))
    for log in sorted((state / "logs").glob("*.log")):
        yield str(log), log.read_text(errors="replace")


def test_no_secret_of_the_running_cloud_stands_anywhere_else(
    ask: Any, values: set[str], viewer: Client, anyone: Client
) -> None:
    assert len(values) >= 4, "playback, origin, Apple, Google"
    assert all(len(one) >= 30 for one in values)
    assert viewer.get("/wallet").status == 200
    assert anyone.post("/stores/apple/notifications", {"signedPayload": "a.b.c"}).status == 422
    seen = 0
    for place, text in places(ask):
        seen += 1
        assert not [True for value in values if value in text], place
    assert seen > 20
