"""What a function loads before its first call: nothing that it does not need, and in few pauses."""

import ast
import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from bench.deployed import LAYERS_OF
from local.layout import ROOT
from tests.contract.sources import LAYER, modules

NEVER = {
    *("aws_xray_sdk", "boto3", "awscrt", "requests", "google.auth", "appstoreserverlibrary"),
    *("OpenSSL", "cryptography", "aws_lambda_powertools", "botocore", "m3u8"),
}
MAY = {"studio": {"m3u8"}, "transcoding": {"m3u8"}, "retention": {"m3u8"}}
STARTED = """
import gc, json, sys
gc.set_threshold(700, 10, 10)
import {name}.handler
searches = sum(one["collections"] for one in gc.get_stats())
print(json.dumps([list(sys.modules), gc.get_threshold(), searches]))
"""

# What has parameters is built when it gets them, and of the others there are values at import.
BUILT = {"Page", "Taken", "Rejection", "AssetError"}


@cache
def started(name: str) -> Any:
    """A function after its import: its modules, the threshold of its garbage, and all searches."""
    said = subprocess.run(
        [sys.executable, "-c", STARTED.format(name=name)],
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{LAYER}"},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(said.stdout)


@pytest.mark.parametrize("name", sorted(LAYERS_OF))
def test_a_function_imports_nothing_slow_before_it_is_needed(name: str) -> None:
    modules, _, _ = started(name)
    loaded = set(modules)
    assert f"{name}.handler" in loaded
    assert not loaded & (NEVER - MAY.get(name, set()))


@pytest.mark.parametrize("name", sorted(LAYERS_OF))
def test_a_function_seldom_looks_for_garbage_while_it_starts_and_after(name: str) -> None:
    _, threshold, searches = started(name)
    assert threshold == [200_000, 20, 20]
    assert searches < 60, "with Python's own threshold there are some hundred and seventy"


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
