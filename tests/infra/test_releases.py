"""How a new version of an HTTP function gets its traffic, and what stops it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from functions.registry import HTTP_FUNCTIONS
from infra import layers
from infra.alias import LIVE
from tests.infra.conftest import Templates, functions, resources, synthesize

NAMES = {one.name for one in HTTP_FUNCTIONS}


def by_id(templates: Templates, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = templates["api"]["Resources"]
    return {name: one for name, one in found.items() if one["Type"] == kind}


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_every_http_function_has_one_alias_that_points_to_a_version_of_it(
    request: pytest.FixtureRequest, stage: str
) -> None:
    templates: Templates = request.getfixturevalue(stage)
    lambdas = by_id(templates, "AWS::Lambda::Function")
    versions = by_id(templates, "AWS::Lambda::Version")
    pointed = {}
    for alias in by_id(templates, "AWS::Lambda::Alias").values():
        told = alias["Properties"]
        assert told["Name"] == LIVE
        version = versions[told["FunctionVersion"]["Fn::GetAtt"][0]]
        assert version["Properties"]["FunctionName"] == told["FunctionName"]
        handler = lambdas[told["FunctionName"]["Ref"]]["Properties"]["Handler"]
        pointed[handler.partition(".")[0]] = version
    assert set(pointed) == NAMES


def test_a_change_of_the_domain_alone_is_released_in_every_http_function(
    prod: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The domain is in a layer, and a function whose layer alone has changed must change too."""
    changed = tmp_path / "cliffhanger"
    shutil.copytree(layers._PACKAGE, changed, ignore=shutil.ignore_patterns("__pycache__"))
    with (changed / "python" / "cliffhanger" / "clock.py").open("a") as module:
        module.write("\n# another release\n")
    monkeypatch.setattr(layers, "_PACKAGE", changed)
    after = synthesize(tmp_path / "out", stage="prod")
    versions = [set(by_id(one, "AWS::Lambda::Version")) for one in (prod, after)]
    assert [len(one) for one in versions] == [len(NAMES), len(NAMES)]
    assert not versions[0] & versions[1]


def test_a_version_stays_when_the_next_one_comes_but_not_when_its_deployment_failed(
    prod: Templates,
) -> None:
    for version in by_id(prod, "AWS::Lambda::Version").values():
        assert version["DeletionPolicy"] == "RetainExceptOnCreate"
        assert version["UpdateReplacePolicy"] == "Retain"


def test_a_canary_gets_a_tenth_for_five_minutes_and_alarms_take_it_back(prod: Templates) -> None:
    groups = by_id(prod, "AWS::CodeDeploy::DeploymentGroup")
    assert len(groups) == len(NAMES)
    alarms = by_id(prod, "AWS::CloudWatch::Alarm")
    watched = set()
    for group in groups.values():
        told = group["Properties"]
        assert told["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert told["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in told["AutoRollbackConfiguration"]["Events"]
        assert told["AlarmConfiguration"]["Enabled"] is True
        names = {one["Name"]["Ref"] for one in told["AlarmConfiguration"]["Alarms"]}
        metrics = {alarms[name]["Properties"]["MetricName"] for name in names}
        assert metrics == {"5xx", "Errors"}
        watched |= names
    assert len(watched) == len(NAMES) + 1
    aliases = by_id(prod, "AWS::Lambda::Alias").values()
    moved = [one["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"] for one in aliases]
    assert {one["DeploymentGroupName"]["Ref"] for one in moved} == set(groups)


def test_all_at_once_and_the_local_cloud_have_no_canary(local: Templates) -> None:
    assert not by_id(local, "AWS::CodeDeploy::DeploymentGroup")
    for alias in by_id(local, "AWS::Lambda::Alias").values():
        assert "UpdatePolicy" not in alias


def test_codedeploy_may_move_these_aliases_and_nothing_else(prod: Templates) -> None:
    (policy,) = [
        one["Properties"]
        for one in resources(prod, "AWS::IAM::Policy")
        if "lambda:UpdateAlias" in str(one)
    ]
    moving, looking = policy["PolicyDocument"]["Statement"]
    assert looking["Action"] == "cloudwatch:DescribeAlarms"
    assert {one.partition(":")[0] for one in moving["Action"]} == {"lambda"}
    assert "*" not in str(moving["Resource"])
    assert len(moving["Resource"]) == 2 * len(NAMES)


def test_http_functions_start_from_a_snapshot_and_those_behind_queues_do_not(
    prod: Templates,
) -> None:
    snapped = {
        name for name, one in functions(prod).items() if one.get("SnapStart", {}).get("ApplyOn")
    }
    assert snapped == NAMES
