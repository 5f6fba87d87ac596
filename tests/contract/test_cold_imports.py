"""What a function loads before its first call: nothing that it does not need."""

import ast
import subprocess
import sys

import pytest

from bench.deployed import LAYERS_OF
from local.layout import ROOT
from tests.contract.sources import LAYER, modules

NEVER = {
    *("aws_xray_sdk", "boto3", "awscrt", "requests", "google.auth", "appstoreserverlibrary"),
    *("OpenSSL", "cryptography", "aws_lambda_powertools", "botocore", "m3u8"),
}
MAY = {"studio": {"m3u8"}, "transcoding": {"m3u8"}, "retention": {"m3u8"}}

# What has parameters is built when it gets them, and of the others there are values at import.
BUILT = {"Page", "Taken", "Rejection", "AssetError"}


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


@pytest.mark.parametrize("name", sorted(LAYERS_OF))
def test_a_function_builds_no_model_before_it_is_needed(name: str) -> None:
    code = f"""
import {name}.handler
from cliffhanger import model
found = [*model.below(model.Model)]
print(len(found), *(one.__name__ for one in found if one.__pydantic_complete__))
"""
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{LAYER}"},
        check=True,
        capture_output=True,
        text=True,
    )
    count, *built = said.stdout.split()
    assert int(count) > 3
    assert set(built) <= BUILT


def test_every_model_of_the_domain_is_built_late() -> None:
    bases = {
        (name, base.id)
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    assert {name for name, base in bases if base == "BaseModel"} == {"cliffhanger.model"}


def test_every_function_is_looked_at() -> None:
    assert set(LAYERS_OF) == {one.parent.name for one in (ROOT / "functions").glob("*/handler.py")}
