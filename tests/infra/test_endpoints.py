"""What a running local cloud says of itself names all that its stacks made for others to reach."""

import re
from typing import Any

import pytest

from local.deployment import Deployment
from local.endpoints import endpoints_of
from local.layout import Place
from tests.infra.conftest import Templates


@pytest.fixture(scope="module")
def told(local: Templates) -> dict[str, Any]:
    """It, where each output's value is the stack's name and its own."""
    outputs = {
        stack: {name: f"{stack} {name}" for name in template.get("Outputs", {})}
        for stack, template in local.items()
    }
    return endpoints_of(Place(), Deployment("us-east-1", outputs))


def test_every_queue_is_there_by_its_plain_name(local: Templates, told: dict[str, Any]) -> None:
    made = {
        plain(name.removesuffix("QueueUrl")): f"{stack} {name}"
        for stack, template in local.items()
        for name in template.get("Outputs", {})
        if name.endswith("QueueUrl")
    }
    assert {"notifications", "notifications_dead"} <= set(made)
    assert told["queues"] == made


def plain(name: str) -> str:
    """`EdgeWritesDead` as `edge_writes_dead`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
