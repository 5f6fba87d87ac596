"""What a function loads before its first call: nothing that it does not need."""

import subprocess
import sys

import pytest

from bench.deployed import LAYERS_OF
from local.layout import ROOT
from tests.contract.sources import LAYER

NEVER = {
    *("aws_xray_sdk", "boto3", "awscrt", "requests", "google.auth", "appstoreserverlibrary"),
    *("OpenSSL", "cryptography", "aws_lambda_powertools", "botocore", "m3u8"),
}
MAY = {"studio": {"m3u8"}, "transcoding": {"m3u8"}, "retention": {"m3u8"}}


@pytest.mark.parametrize("name", sorted(LAYERS_OF))
def test_a_function_imports_nothing_slow_before_it_is_needed(name: str) -> None:
    code = f"import sys, {name}.handler; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{LAYER}"},
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(said.stdout.split())
    assert f"{name}.handler" in loaded
    assert not loaded & (NEVER - MAY.get(name, set()))


def test_every_function_is_looked_at() -> None:
    assert set(LAYERS_OF) == {one.parent.name for one in (ROOT / "functions").glob("*/handler.py")}
