"""What nobody asks for happens by itself, in time."""

import json

from tests.infra.conftest import Templates
from tests.infra.test_queues import named


def schedules(templates: Templates) -> dict[tuple[str, str | None], str]:
    """How often each function is asked to do something, by the function's id and the action."""
    found: dict[tuple[str, str | None], str] = {}
    for rule in named(templates, "AWS::Events::Rule").values():
        if "ScheduleExpression" not in rule:
            continue
        assert rule.get("State", "ENABLED") == "ENABLED"
        for target in rule["Targets"]:
            function = target["Arn"]["Fn::GetAtt"][0]
            action = json.loads(target.get("Input", "{}")).get("action")
            found[function.rstrip("0123456789ABCDEF"), action] = rule["ScheduleExpression"]
    return found


def test_a_playback_key_is_replaced_each_month_and_lost_work_is_looked_for(prod: Templates) -> None:
    found = {
        (words, action): rate
        for (function, action), rate in schedules(prod).items()
        for words in ("playbackkeys", "transcoding", "retention")
        if words in function.lower()
    }
    assert found == {
        ("playbackkeys", "rotate"): "rate(30 days)",
        ("playbackkeys", "sweep"): "rate(15 minutes)",
        ("transcoding", "sweep"): "rate(5 minutes)",
        ("retention", None): "rate(1 hour)",
    }
