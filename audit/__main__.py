"""`make audit`: every scanner, the bill of materials, and a table of what came of it.

It fails on what nobody has acknowledged, on what is acknowledged and gone, and on a scanner that
broke. It goes on where no source of advisories can be reached, and says so.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audit import outcome, sbom
from audit.findings import Place, Ran, Tool, ToolBroken
from audit.outcome import Outcome
from audit.tools import advisories, code, nag, templates

ROOT = Path(__file__).parent.parent
BUILT = ROOT / ".build"
_MINUTES = 15
_AT_ONCE = 2

TOOLS = (
    Tool("cfn-lint", templates.cfn_lint),
    Tool("checkov", templates.checkov),
    Tool("bandit", code.bandit),
    Tool("detect-secrets", code.secrets),
    Tool("pip-audit", advisories.pip_audit),
    Tool("npm-audit", advisories.npm_audit),
)


def run(command: Sequence[str]) -> Ran:
    """Run a command in the project's folder.

    Raises:
        ToolBroken: it is not there, or takes too long.
    """
    try:
        ran = subprocess.run(
            command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=_MINUTES * 60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolBroken(str(error)) from error
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def bills(place: Place) -> Outcome:
    """Build the bill of materials."""
    folder = BUILT / "sbom"
    try:
        counted = sbom.build(place, run, folder)
    except ToolBroken as error:
        return Outcome("sbom", "broken", str(error))
    return Outcome("sbom", "ok", f"{sum(counted.values())} libraries in {folder.relative_to(ROOT)}")


def main() -> int:
    """Run all, and return the exit code."""
    place = Place(ROOT, ROOT / ".venv-audit" / "bin", BUILT / "audit")
    shutil.rmtree(place.assembly, ignore_errors=True)
    outcomes = [outcome.of(Tool("cdk-nag", nag.nag, nag.acknowledged), place, run)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes += pool.map(lambda tool: outcome.of(tool, place, run), TOOLS)
    outcomes.append(bills(place))
    sys.stdout.write(outcome.table(outcomes) + "\n")
    return int(any(one.is_bad for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
