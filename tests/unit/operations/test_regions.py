"""A stage outside us-east-1 has stacks there too: they are looked for before it is changed."""

from typing import Any

import pytest

from operations import preflight, teardown
from operations.errors import OperationError
from tests.unit.operations.stubbed import Stubbed, stubbed

HERE, THERE = "eu-west-1", "us-east-1"


@pytest.fixture
def ireland() -> Stubbed:
    return stubbed(HERE)


def test_the_bootstrap_is_looked_for_in_both_regions(ireland: Stubbed) -> None:
    ireland.stub("ssm", HERE).add_response("get_parameter", {"Parameter": {"Value": "30"}})
    ireland.stub("ssm", THERE).add_client_error("get_parameter", "ParameterNotFound")
    (fault,) = preflight._bootstrap(ireland)
    assert f"cdk bootstrap aws://ACCOUNT/{THERE}" in fault


def test_a_protected_stack_in_the_other_region_stops_a_teardown(ireland: Stubbed) -> None:
    def stacks(name: str, *, protected: bool) -> dict[str, Any]:
        stack = {"StackName": f"Cliffhanger-dev-{name}", "CreationTime": 0, "StackStatus": "x"}
        return {"Stacks": [stack | {"EnableTerminationProtection": protected}]}

    here = ireland.stub("cloudformation", HERE)
    here.add_response("describe_stacks", stacks("data", protected=False))  # its outputs
    here.add_response("describe_stacks", stacks("data", protected=False))
    there = ireland.stub("cloudformation", THERE)
    there.add_response("describe_stacks", stacks("firewall", protected=True))
    with pytest.raises(OperationError, match="Cliffhanger-dev-firewall"):
        teardown.tear_down(ireland, print, lambda: True)


def test_a_stage_in_us_east_1_is_looked_for_there_alone() -> None:
    assert stubbed(THERE).regions == (THERE,)
