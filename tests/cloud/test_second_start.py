"""A second `make run` beside a local cloud that is up."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.layout import ROOT
from tests.client import fetch


@pytest.mark.parametrize("options", [[], ["--port=29000"], ["--stage-file=nowhere.toml"]])
def test_it_says_so_and_the_first_one_goes_on(cloud: dict[str, Any], options: list[str]) -> None:
    endpoints = Path(cloud["state"]) / "endpoints.json"
    before = endpoints.read_bytes()
    command = [sys.executable, "-m", "local", "up", f"--state={cloud['state']}", "--no-seed"]
    ran = subprocess.run(
        [*command, *options], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 1
    assert f"already up on {cloud['state']}, at {cloud['demo_url']}" in ran.stdout
    assert endpoints.read_bytes() == before
    assert fetch(cloud["demo_url"]).status == 200
