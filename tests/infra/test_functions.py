"""How functions are deployed: one folder each, least privilege, and the same bytes everywhere."""

import json
import re
from pathlib import Path
from typing import Any

from tests.infra.conftest import Templates, resources

NAMES = {"identity", "catalog", "studio", "viewing", "transcoding", "playback_keys"}


def asset_hash(function: dict[str, Any]) -> str:
    return str(function["Properties"]["Code"]["S3Key"]).removesuffix(".zip")


def handlers(templates: Templates) -> dict[str, dict[str, Any]]:
    found = resources(templates, "AWS::Lambda::Function")
    return {one["Properties"]["Handler"].partition(".")[0]: one for one in found}


def test_a_function_carries_its_own_folder_alone(prod: Templates, prod_folder: Path) -> None:
    functions = handlers(prod)
    assert set(functions) == NAMES
    for name, function in functions.items():
        folder = prod_folder / f"asset.{asset_hash(function)}"
        assert [one.name for one in folder.iterdir()] == [name]
        assert all(one.suffix == ".py" for one in (folder / name).iterdir())


def test_what_runs_locally_is_byte_for_byte_what_production_deploys(
    prod: Templates, local: Templates, prod_folder: Path, local_folder: Path
) -> None:
    for name, function in handlers(prod).items():
        here, there = asset_hash(handlers(local)[name]), asset_hash(function)
        assert here == there
        assert files(local_folder / f"asset.{here}") == files(prod_folder / f"asset.{there}")
    ours = [domain_asset(local, local_folder), domain_asset(prod, prod_folder)]
    assert ours[0].name == ours[1].name
    assert files(ours[0]) == files(ours[1])
    gates = [
        resources(templates, "AWS::CloudFront::Function")[0]["Properties"]["FunctionCode"]
        for templates in (local, prod)
    ]
    assert gates[0] == gates[1]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def domain_asset(templates: Templates, folder: Path) -> Path:
    (layer,) = [
        one
        for one in templates["api"]["Resources"].values()
        if one["Type"] == "AWS::Lambda::LayerVersion"
        and one["Properties"]["Description"] == "The package cliffhanger"
    ]
    return folder / f"asset.{layer['Properties']['Content']['S3Key'].removesuffix('.zip')}"


def test_no_function_may_do_everything_to_anything(prod: Templates) -> None:
    for policy in resources(prod, "AWS::IAM::Policy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            listed = [actions] if isinstance(actions, str) else actions
            assert not [one for one in listed if "*" in one], listed
            if statement["Resource"] == "*":
                assert set(listed) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def test_only_transcoding_passes_the_transcoders_role(prod: Templates) -> None:
    passing = [
        json.dumps(policy["Properties"]["Roles"])
        for policy in resources(prod, "AWS::IAM::Policy")
        if "iam:PassRole" in json.dumps(policy)
    ]
    assert len(passing) == 1
    assert "TranscodingRole" in passing[0]


def test_no_secret_stands_in_a_variable(prod: Templates) -> None:
    for function in handlers(prod).values():
        variables = function["Properties"]["Environment"]["Variables"]
        for name, value in variables.items():
            assert name.startswith(("CLIFFHANGER_", "POWERTOOLS_")), name
            assert not re.search(r"password|token\b|private", json.dumps(value), re.IGNORECASE)


def test_queues_wait_six_times_as_long_as_their_function_may_take(prod: Templates) -> None:
    slowest = prod["media"]["Resources"]
    (timeout,) = {
        one["Properties"]["Timeout"]
        for one in slowest.values()
        if one["Type"] == "AWS::Lambda::Function"
    }
    queues = [one["Properties"] for one in resources(prod, "AWS::SQS::Queue")]
    working = [one for one in queues if "RedrivePolicy" in one]
    assert len(working) == 2
    assert all(one["VisibilityTimeout"] >= 6 * timeout for one in working)
    assert len(queues) == 2 * len(working), "each has a dead-letter queue"


def test_logs_do_not_stay_for_ever(prod: Templates) -> None:
    assert all(
        one["Properties"]["RetentionInDays"] <= 365
        for one in resources(prod, "AWS::Logs::LogGroup")
    )
