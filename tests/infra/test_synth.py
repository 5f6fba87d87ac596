"""`make synth`, as operators run it: every check, no account, the same hashes each time."""

import json
import subprocess
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from local.layout import ROOT
from tests.infra.conftest import Templates

Report = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make synth` makes of production, in a process of its own, with every check."""
    folder = tmp_path_factory.mktemp("checked")
    ran = subprocess.run(
        ["make", "--no-print-directory", "synth", "STAGE=prod", f"OUT={folder}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        pytest.fail(ran.stdout + ran.stderr, pytrace=False)
    return folder


def check(app: cdk.App) -> None:
    """Synthesize with every check."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def report(folder: Path) -> Report:
    """What cdk-nag and CloudFormation's own checks say of a synthesized app, all together."""
    plugins = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    assert "AwsSolutions" in {one["pluginName"] for one in plugins}
    return {
        said: [finding for one in plugins for finding in one.get(said, [])]
        for said in ("violations", "suppressedViolations")
    }


def without_metadata(template: dict[str, Any]) -> dict[str, Any]:
    """A template without the paths that only the command line adds."""
    kept = {
        name: {key: value for key, value in one.items() if key != "Metadata"}
        for name, one in template["Resources"].items()
    }
    return template | {"Resources": kept}


def test_production_passes_every_check(checked: Path) -> None:
    assert report(checked)["violations"] == []


@pytest.mark.parametrize("stage", ["dev", "staging"])
def test_the_stages_before_production_pass_every_check(tmp_path: Path, stage: str) -> None:
    app = cdk.App(outdir=str(tmp_path), context={"stage": stage}, analytics_reporting=False)
    build(app)
    check(app)
    assert report(tmp_path)["violations"] == []


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    s3.Bucket(cdk.Stack(app, "Careless"), "Open")
    with pytest.raises(Exception, match=r"[Vv]alidation"):
        check(app)
    rules = {one["ruleName"] for one in report(tmp_path)["violations"]}
    assert "AwsSolutions-S10" in rules


def test_an_exception_to_a_check_concerns_one_construct_and_says_why(checked: Path) -> None:
    exceptions = report(checked)["suppressedViolations"]
    assert exceptions
    for one in exceptions:
        assert len(one["reason"]) > 30, one["ruleName"]
        for place in one["violatingConstructs"]:
            assert "/" in one["acknowledgedAt"], "not for a whole stack"
            assert place["constructPath"].startswith(one["acknowledgedAt"] + "/")


def test_the_same_code_makes_the_same_templates_and_hashes_in_another_process(
    checked: Path, prod: Templates
) -> None:
    again = {
        one.name.split(".")[0].rpartition("-")[2]: json.loads(one.read_text())
        for one in checked.glob("*.template.json")
    }
    assert set(again) == set(prod)
    for name, template in prod.items():
        assert without_metadata(again[name]) == without_metadata(template), name
