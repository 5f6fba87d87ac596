"""Every stack of a stage as its template, synthesized once for all tests."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra.app import build
from local.layout import ROOT

LOCAL = {
    "public_url": "http://127.0.0.1:8787",
    "mediaconvert_url": "http://127.0.0.1:8789",
    "edge_door_url": "http://127.0.0.1:8790",
    "apple_url": "http://127.0.0.1:8791",
    "google_url": "http://127.0.0.1:8792",
    "apple_roots": str(ROOT / "stages" / "apple-roots"),
}
Templates = dict[str, Any]


def synthesize(folder: Path, **context: str) -> Templates:
    """Templates by the stack's short name; assets land in the folder."""
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    stacks = build(app)
    assembly = app.synth(skip_validation=True)
    return {
        name: assembly.get_stack_by_name(stack.stack_name).template
        for name, stack in stacks.items()
    }


@pytest.fixture(scope="session")
def prod_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prod")


@pytest.fixture(scope="session")
def local_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="session")
def prod(prod_folder: Path) -> Templates:
    return synthesize(prod_folder, stage="prod")


@pytest.fixture(scope="session")
def local(local_folder: Path) -> Templates:
    return synthesize(local_folder, stage="local", local=json.dumps(LOCAL))


def functions(templates: Templates) -> dict[str, dict[str, Any]]:
    """The properties of every function, by the name of its folder."""
    found = [one["Properties"] for one in resources(templates, "AWS::Lambda::Function")]
    return {one["Handler"].partition(".")[0]: one for one in found}


def resources(templates: Templates, kind: str) -> list[dict[str, Any]]:
    """Every resource of a type, in all stacks."""
    return [
        resource
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]
