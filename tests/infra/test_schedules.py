"""What nobody asks for happens by itself, in time."""

import json
import re

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


def test_a_playback_key_is_replaced_each_month_and_lost_work_is_looked_for(prod: Templates) -> None:
    assert schedules(prod) == {
        ("EdgeWrites", "rotate"): "rate(30 days)",
        ("EdgeWrites", "sweep"): "rate(15 minutes)",
        ("Transcoding", "sweep"): "rate(5 minutes)",
        ("Retention", None): "rate(1 hour)",
    }
