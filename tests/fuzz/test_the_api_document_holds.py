"""Schemathesis against the API document on the local cloud: what is answered is what is written.

It sends what the document allows and what it forbids, as the studio and as a viewer.
CLIFFHANGER_FUZZ_SECONDS gives each of them more time, and lets it follow the links in chains too:
these lead over ids that are other ones each time, so that is a search. CLIFFHANGER_FUZZ_SEED gives
it other words. It runs behind all that needs the demo drama, which it may edit: a cloud that stays
up behind CLIFFHANGER_STATE keeps what was done to it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.api_document import FILE
from functions.registry import ROUTES
from local.aws import sign_in

SECONDS = os.environ.get("CLIFFHANGER_FUZZ_SECONDS", "30")
PHASES = ["coverage", "fuzzing"]
if "CLIFFHANGER_FUZZ_SECONDS" in os.environ:
    PHASES.append("stateful")
SEED = os.environ.get("CLIFFHANGER_FUZZ_SEED", "1")
LEAST_CALLS = 500
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)


def fuzz(cloud: dict[str, Any], token: str, folder: Path, *which: str) -> dict[str, Any]:
    """Let it call the API with a token, and return its report."""
    report = folder / "report.json"
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *(
            "run",
            str(FILE),
            f"--url={cloud['base_url']}",
            f"--header=Authorization: Bearer {token}",
        ),
        *(f"--seed={SEED}", f"--max-time={SECONDS}", f"--checks={','.join(CHECKS)}", *which),
        *("--continue-on-failure", "--generation-database=none", "--no-color", "--warnings=off"),
        *("--request-timeout=20", f"--report-json-path={report}"),
    ]
    ran = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=900
    )
    if ran.returncode:
        pytest.fail(ran.stdout[-8000:] + ran.stderr[-2000:], pytrace=False)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@pytest.mark.parametrize("group", ["studio", None])
def test_every_answer_is_one_that_the_document_promises(
    cloud: dict[str, Any], tmp_path: Path, group: Any
) -> None:
    token = sign_in(cloud, group=group).access_token
    phases = f"--phases=examples,{','.join(PHASES)}"
    report = fuzz(cloud, token, tmp_path, "--exclude-operation-id=delete_me", phases)
    assert {report["phases"][name]["status"] for name in PHASES} == {"success"}
    assert report["operations"]["tested"] == len(ROUTES) - 1
    assert report["test_cases"]["generated"] >= LEAST_CALLS


def test_a_viewer_may_be_deleted_again_and_again(cloud: dict[str, Any], tmp_path: Path) -> None:
    """On its own: behind it a viewer's every call is refused."""
    token = sign_in(cloud).access_token
    fuzz(cloud, token, tmp_path, "--include-operation-id=delete_me", "--phases=coverage")
