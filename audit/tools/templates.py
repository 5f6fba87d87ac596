"""The scanners of the templates of all stages: cfn-lint and checkov.

A finding is known by its stack and resource, so what all stages have counts once.
"""

import json
from pathlib import PurePath
from typing import Any

from audit.findings import Finding, Place, Ran, Run, ToolBroken

# cfn-lint adds up: 2 is an error, 4 a warning, 8 an information.
_LINT_CODES = frozenset(range(0, 16, 2))


def cfn_lint(place: Place, run: Run) -> list[Finding]:
    """Return what cfn-lint says of every template."""
    files = [str(one) for one in sorted(place.assembly.glob("*/*.template.json"))]
    if not files:
        raise ToolBroken("there is no template to look at")
    return read_cfn_lint(run([str(place.bin / "cfn-lint"), "--format", "json", *files]))


def read_cfn_lint(ran: Ran) -> list[Finding]:
    """Read its JSON.

    Raises:
        ToolBroken: it is not the JSON of a run that came to an end.
    """
    if ran.code not in _LINT_CODES:
        raise ToolBroken(ran.err or ran.out)
    return [
        Finding(
            one["Rule"]["Id"],
            f"{_stack(one['Filename'])}/{'/'.join(map(str, one['Location']['Path'][1:2]))}",
            one["Message"],
        )
        for one in parsed(ran)
    ]


def checkov(place: Place, run: Run) -> list[Finding]:
    """Return what checkov says of every template."""
    command = [str(place.bin / "checkov"), "--directory", str(place.assembly)]
    wanted = ["--framework", "cloudformation", "--output", "json", "--compact", "--quiet"]
    return read_checkov(run([*command, *wanted, "--skip-download"]))


def read_checkov(ran: Ran) -> list[Finding]:
    """Read its JSON: one report, or a list of them.

    Raises:
        ToolBroken: it has read no template, or not the whole of one.
    """
    if ran.code not in (0, 1):
        raise ToolBroken(ran.err or ran.out)
    told = parsed(ran)
    reports = told if isinstance(told, list) else [told]
    if any("summary" not in one for one in reports) or not reports:
        raise ToolBroken(f"checkov found no template: {ran.out[:200]}")
    if any(one["summary"]["parsing_errors"] for one in reports):
        raise ToolBroken("checkov could not read a template")
    return [
        Finding(
            one["check_id"],
            f"{_stack(one['file_path'])}/{one['resource'].rpartition('.')[2]}",
            one["check_name"],
        )
        for report in reports
        for one in report["results"]["failed_checks"]
    ]


def parsed(ran: Ran) -> Any:
    """Return the JSON that a scanner wrote.

    Raises:
        ToolBroken: it is none.
    """
    try:
        return json.loads(ran.out)
    except ValueError as error:
        raise ToolBroken(f"no JSON, but: {(ran.err or ran.out)[-400:]}") from error


def _stack(file: str) -> str:
    """Return the short name of a stack by the file of its template."""
    return PurePath(file).name.removesuffix(".template.json").rpartition("-")[2]
