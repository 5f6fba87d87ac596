"""Alarms as the template has them, and whether they ring for what was measured.

CloudWatch's rule (User Guide, "Evaluating an alarm"): of the latest `EvaluationPeriods`, at least
`DatapointsToAlarm` must breach the threshold; a period without a value counts as
`TreatMissingData` says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.infra.conftest import Templates

OWN = "Cliffhanger"


@dataclass(frozen=True)
class Alarm:
    """One alarm of a template."""

    name: str
    properties: dict[str, Any]

    @property
    def namespace(self) -> str:
        return str(self.properties["Namespace"])

    @property
    def metric(self) -> str:
        return str(self.properties["MetricName"])

    @property
    def dimensions(self) -> dict[str, Any]:
        return {one["Name"]: one["Value"] for one in self.properties.get("Dimensions", [])}

    @property
    def threshold(self) -> float:
        return float(self.properties["Threshold"])

    @property
    def text(self) -> str:
        return str(self.properties["AlarmDescription"])

    @property
    def is_of_silence(self) -> bool:
        return bool(self.properties["TreatMissingData"] == "breaching")

    def rings(self, *periods: Sequence[float]) -> bool:
        """Whether it rings when these values were measured, the latest period last."""
        of = self.properties["EvaluationPeriods"]
        times = self.properties.get("DatapointsToAlarm", of)
        latest = [*([()] * of), *periods][-of:]
        return sum(self._breaches(one) for one in latest) >= int(times)

    def _breaches(self, values: Sequence[float]) -> bool:
        if not values:
            return self.is_of_silence
        value = self._statistic(values)
        match self.properties["ComparisonOperator"]:
            case "GreaterThanOrEqualToThreshold":
                return value >= self.threshold
            case "LessThanOrEqualToThreshold":
                return value <= self.threshold
        raise AssertionError(f"{self.name}: an operator that is not known here")

    def _statistic(self, values: Sequence[float]) -> float:
        name = self.properties.get("Statistic") or self.properties["ExtendedStatistic"]
        if match := re.fullmatch(r"p(\d+)", name):
            place = -(-len(values) * int(match[1]) // 100) - 1
            return sorted(values)[place]
        return {
            "Sum": sum(values),
            "Maximum": max(values),
            "Average": sum(values) / len(values),
        }[name]


def alarms(templates: Templates) -> dict[str, Alarm]:
    """Every alarm of a stage, by its name without what the CDK adds to it."""
    found = {}
    for template in templates.values():
        for logical_id, one in template["Resources"].items():
            if one["Type"] == "AWS::CloudWatch::Alarm":
                name = re.sub(r"[0-9A-F]{8}$", "", logical_id)
                found[name] = Alarm(name, one["Properties"])
    assert found
    return found
