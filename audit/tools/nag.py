"""cdk-nag, and CloudFormation's own checks: both run with every synth, and leave a report."""

import json
from typing import Any

from audit.findings import Finding, Place, Run, ToolBroken

STAGES = ("dev", "staging", "prod")
_OURS = "AwsSolutions"


def nag(place: Place, run: Run) -> list[Finding]:
    """Synthesize every stage with every check, and return what they say.

    Raises:
        ToolBroken: a stage cannot be synthesized.
    """
    return [one for stage in STAGES for one in _of_stage(stage, place, run)]


def _of_stage(stage: str, place: Place, run: Run) -> list[Finding]:
    folder = place.assembly / stage
    ran = run(["make", "--no-print-directory", "synth", f"STAGE={stage}", f"OUT={folder}"])
    report = folder / "validation-report.json"
    if not report.exists():
        raise ToolBroken(ran.out + ran.err)
    return read_nag(json.loads(report.read_text()))


def read_nag(report: dict[str, Any]) -> list[Finding]:
    """Read the report. What the code acknowledges stands there too, by what it acknowledges.

    Raises:
        ToolBroken: cdk-nag is not among those who reported.
    """
    plugins = report["pluginReports"]
    if _OURS not in {one["pluginName"] for one in plugins}:
        raise ToolBroken("cdk-nag has not reported")
    open_ = [
        Finding(one["ruleName"], place["constructPath"], one["description"])
        for plugin in plugins
        for one in plugin.get("violations", [])
        for place in one["violatingConstructs"]
    ]
    return open_ + [
        Finding(one["acknowledgedId"], one["acknowledgedAt"], one["description"])
        for plugin in plugins
        for one in plugin.get("suppressedViolations", [])
    ]


def acknowledged(place: Place) -> set[tuple[str, str]]:
    """Return what the code acknowledges, as the synthesized app tells it: rule and construct."""
    return {
        (rule, path.lstrip("/"))
        for file in place.assembly.glob("*/*.metadata.json")
        for path, entries in json.loads(file.read_text()).items()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule in entry["data"]
    }
