"""How functions are deployed: one folder each, and the same bytes everywhere."""

from pathlib import Path
from typing import Any

from bench.deployed import LAYERS_OF
from local.layout import ROOT
from tests.infra.conftest import Templates, functions, resources

NAMES = {one.parent.name for one in (ROOT / "functions").glob("*/handler.py")}


def asset_hash(code: dict[str, Any]) -> str:
    return str(code["S3Key"]).removesuffix(".zip")


def files(folder: Path) -> dict[str, bytes]:
    found = {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }
    assert found, folder
    return found


def layers(templates: Templates, description: str) -> set[str]:
    """The hashes of every layer version with this description."""
    return {
        asset_hash(one["Properties"]["Content"])
        for one in resources(templates, "AWS::Lambda::LayerVersion")
        if one["Properties"]["Description"] == description
    }


def test_a_function_carries_its_own_folder_alone(prod: Templates, prod_folder: Path) -> None:
    assert set(functions(prod)) == NAMES
    for name, function in functions(prod).items():
        folder = prod_folder / f"asset.{asset_hash(function['Code'])}"
        assert [one.name for one in folder.iterdir()] == [name]
        assert {one.suffix for one in (folder / name).iterdir()} == {".py"}
        assert files(folder / name) == {
            one.name: one.read_bytes() for one in (ROOT / "functions" / name).glob("*.py")
        }


def test_the_functions_that_run_locally_are_byte_for_byte_those_of_production(
    prod: Templates, local: Templates, prod_folder: Path, local_folder: Path
) -> None:
    assert set(functions(local)) == set(functions(prod))
    for name, function in functions(prod).items():
        here = asset_hash(functions(local)[name]["Code"])
        there = asset_hash(function["Code"])
        assert here == there
        assert files(local_folder / f"asset.{here}") == files(prod_folder / f"asset.{there}")


def test_the_package_that_runs_locally_is_byte_for_byte_that_of_production(
    prod: Templates, local: Templates, prod_folder: Path, local_folder: Path
) -> None:
    here, there = (layers(one, "The package cliffhanger") for one in (local, prod))
    assert here == there
    (version,) = here
    ours = files(local_folder / f"asset.{version}")
    assert ours == files(prod_folder / f"asset.{version}")
    assert "python/cliffhanger/http.py" in ours


def test_the_edge_function_that_runs_locally_is_that_of_production(
    prod: Templates, local: Templates
) -> None:
    (here,), (there,) = (resources(one, "AWS::CloudFront::Function") for one in (local, prod))
    assert here["Properties"]["FunctionCode"] == there["Properties"]["FunctionCode"]
    source = (ROOT / "functions" / "edge" / "playback.js").read_text()
    assert there["Properties"]["FunctionCode"] == source


def test_a_function_logs_into_a_group_of_its_own_that_is_emptied_in_time(prod: Templates) -> None:
    groups = {
        logical_id: one["Properties"]["RetentionInDays"]
        for template in prod.values()
        for logical_id, one in template["Resources"].items()
        if one["Type"] == "AWS::Logs::LogGroup"
    }
    used = [one["LoggingConfig"]["LogGroup"]["Ref"] for one in functions(prod).values()]
    assert len(set(used)) == len(NAMES)
    assert {groups[one] for one in used} == {90}
    assert all(days <= 365 for days in groups.values())


def test_a_function_carries_the_layers_that_it_is_measured_with(prod: Templates) -> None:
    names = {
        logical_id: one["Properties"]["Description"].removeprefix("Locked libraries: ")
        for template in prod.values()
        for logical_id, one in template["Resources"].items()
        if one["Type"] == "AWS::Lambda::LayerVersion"
    }
    carried = {
        name: {names[layer["Ref"]] for layer in one["Layers"]}
        for name, one in functions(prod).items()
    }
    domain = {"domain": "The package cliffhanger"}
    measured = {
        name: {domain.get(layer, layer) for layer in layers} for name, layers in LAYERS_OF.items()
    }
    assert carried == measured


def test_every_function_is_traced_by_lambda_itself_and_carries_no_sdk_for_it(
    prod: Templates,
) -> None:
    for name, function in functions(prod).items():
        assert function["TracingConfig"] == {"Mode": "Active"}, name
    locks = (ROOT / "layers" / "dependencies").glob("*.txt")
    assert not [one.name for one in locks if "aws-xray-sdk" in one.read_text()]
