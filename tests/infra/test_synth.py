"""`make synth`, as operators run it: every check, no account, the same hashes each time."""

import json
import subprocess
from pathlib import Path

import pytest

from local.layout import ROOT


def synth(folder: Path, stage: str) -> dict[str, object]:
    subprocess.run(
        ["make", "--no-print-directory", "synth", f"STAGE={stage}", f"OUT={folder}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return {one.name: json.loads(one.read_text()) for one in folder.glob("*.template.json")}


def test_production_passes_every_check_and_is_the_same_twice(tmp_path: Path) -> None:
    try:
        first = synth(tmp_path / "first", "prod")
        second = synth(tmp_path / "second", "prod")
    except subprocess.CalledProcessError as error:
        pytest.fail(error.stdout + error.stderr, pytrace=False)
    assert len(first) == 5
    assert first == second
