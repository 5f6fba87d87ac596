"""What a running local cloud says of itself names all that its stacks made for others to reach."""

import re
from typing import Any

import pytest

from infra.stage import read_stage
from local.deployment import Deployment
from local.endpoints import endpoints_of
from local.layout import ROOT, Place
from tests.infra.conftest import Templates, functions, resources


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


def test_the_bus_is_there_by_the_name_that_the_stage_file_gives_it(
    local: Templates, told: dict[str, Any]
) -> None:
    stage = read_stage(ROOT / "stages" / "local.toml")
    (bus,) = resources(local, "AWS::Events::EventBus")
    assert bus["Properties"]["Name"] == stage.ops.event_bus == "cliffhanger"
    assert told["event_bus"] == "data EventBus"
    assert local["data"]["Outputs"]["EventBus"]["Value"] == "cliffhanger"


def test_functions_know_the_bus_by_its_name_so_that_a_stage_can_give_it_another(
    prod: Templates,
) -> None:
    variables = [one.get("Environment", {})["Variables"] for one in functions(prod).values()]
    assert {one.get("CLIFFHANGER_EVENT_BUS") for one in variables} == {None, "cliffhanger"}


def plain(name: str) -> str:
    """`EdgeWritesDead` as `edge_writes_dead`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
