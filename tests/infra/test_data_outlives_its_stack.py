"""Production keeps what cannot be made again; a development stage goes without a trace."""

import json
from pathlib import Path

import pytest

from tests.infra.conftest import Templates, resources

KEPT = (
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
    "AWS::SecretsManager::Secret",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
)


@pytest.mark.parametrize("kind", KEPT)
def test_production_retains_it_when_its_stack_is_deleted_or_replaces_it(
    prod: Templates, kind: str
) -> None:
    found = resources(prod, kind)
    assert found
    assert {one["DeletionPolicy"] for one in found} == {"Retain"}
    assert {one["UpdateReplacePolicy"] for one in found} == {"Retain"}


@pytest.mark.parametrize("kind", KEPT)
def test_a_stage_that_keeps_no_data_deletes_it(local: Templates, kind: str) -> None:
    assert {one["DeletionPolicy"] for one in resources(local, kind)} == {"Delete"}


def test_production_tables_cannot_be_deleted_and_can_be_restored_to_any_second(
    prod: Templates,
) -> None:
    tables = resources(prod, "AWS::DynamoDB::GlobalTable")
    assert tables
    for table in tables:
        (replica,) = table["Properties"]["Replicas"]
        assert replica["DeletionProtectionEnabled"] is True
        recovery = replica["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True


def test_production_users_cannot_be_deleted_with_their_pool(prod: Templates) -> None:
    (pool,) = resources(prod, "AWS::Cognito::UserPool")
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"


def test_every_stack_of_production_refuses_its_own_deletion(
    prod: Templates, prod_folder: Path, local: Templates, local_folder: Path
) -> None:
    assert protected(prod_folder) == [True] * len(prod)
    assert protected(local_folder) == [False] * len(local)


def protected(folder: Path) -> list[bool]:
    """Whether each stack of a synthesized app has termination protection."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"].values()
    stacks = [one for one in artifacts if one["type"] == "aws:cloudformation:stack"]
    return [one["properties"].get("terminationProtection", False) for one in stacks]
