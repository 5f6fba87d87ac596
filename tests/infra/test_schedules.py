"""What nobody asks for happens by itself, in time."""

import json
import re

import pytest

from tests.infra.conftest import Templates
from tests.infra.test_queues import named

LOOKED_AT = ("EdgeWrites", "Transcoding", "Retention")


def schedules(templates: Templates) -> dict[tuple[str, str | None], str]:
    """How often a function, or its queue, is asked for an action."""
    found: dict[tuple[str, str | None], str] = {}
    for rule in named(templates, "AWS::Events::Rule").values():
        if "ScheduleExpression" not in rule:
            continue
        assert rule.get("State", "ENABLED") == "ENABLED"
        for target in rule["Targets"]:
            asked = json.dumps([target.get("Input"), target.get("InputTransformer")])
            action = re.search(r"action\W+(\w+)", asked)
            for name in LOOKED_AT:
                if target["Arn"]["Fn::GetAtt"][0].startswith(name):
                    found[name, action and action[1]] = rule["ScheduleExpression"]
    return found


@pytest.mark.parametrize(
    ("stage", "sources"),
    [
        ("prod", ["apple#Production", "apple#Sandbox", "google"]),
        ("local", ["apple#Sandbox", "google"]),
    ],
)
def test_each_source_is_reconciled_by_itself_and_gone_on_with_soon(
    request: pytest.FixtureRequest, stage: str, sources: list[str]
) -> None:
    found: dict[str, tuple[str, list[str]]] = {}
    for rule in named(request.getfixturevalue(stage), "AWS::Events::Rule").values():
        inputs = [json.loads(target.get("Input", "{}")) for target in rule["Targets"]]
        for asked in inputs:
            if "source" in asked:
                _, names = found.setdefault(asked["action"], (rule["ScheduleExpression"], []))
                names.append(asked["source"])
    soon = "rate(1 minute)" if stage == "local" else "rate(5 minutes)"
    assert found == {"reconcile": ("rate(6 hours)", sources), "go_on": (soon, sources)}


def test_a_playback_key_is_replaced_each_month_and_lost_work_is_looked_for(prod: Templates) -> None:
    assert schedules(prod) == {
        ("EdgeWrites", "rotate"): "rate(30 days)",
        ("EdgeWrites", "sweep"): "rate(15 minutes)",
        ("Transcoding", "sweep"): "rate(5 minutes)",
        ("Retention", None): "rate(1 hour)",
    }
