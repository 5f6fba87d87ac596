"""A stage in another region than us-east-1: CloudFront's own things stand there nevertheless."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra.app import build
from local.layout import ROOT
from tests.infra.alarms import alarms
from tests.infra.conftest import Templates, resources
from tests.infra.test_synth import check, report


@pytest.fixture(scope="module")
def ireland(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Production in eu-west-1, synthesized with every check: its folder, and its stacks."""
    folder = tmp_path_factory.mktemp("ireland")
    path = folder / "prod.toml"
    text = (ROOT / "stages" / "prod.toml").read_text()
    roots = ROOT / "stages" / "apple-roots"
    path.write_text(
        text.replace('region = "us-east-1"', 'region = "eu-west-1"').replace(
            '"apple-roots"', f'"{roots}"'
        )
    )
    app = cdk.App(outdir=str(folder), context={"stage_file": str(path)}, analytics_reporting=False)
    stacks = build(app)
    check(app)
    return folder, stacks


@pytest.fixture(scope="module")
def templates(ireland: tuple[Path, dict[str, Any]]) -> Templates:
    folder, stacks = ireland
    return {
        name: json.loads((folder / f"{stack.stack_name}.template.json").read_text())
        for name, stack in stacks.items()
    }


def test_it_passes_every_check(ireland: tuple[Path, dict[str, Any]]) -> None:
    assert report(ireland[0])["violations"] == []


def test_the_firewall_and_what_cloudfront_measures_and_logs_stand_in_us_east_1(
    ireland: tuple[Path, dict[str, Any]],
) -> None:
    there = {name for name, stack in ireland[1].items() if stack.region == "us-east-1"}
    assert there == {"firewall", "worldwide"}


def test_its_edge_is_watched_and_its_alarms_have_a_topic_of_their_region(
    templates: Templates, prod: Templates
) -> None:
    assert set(alarms(templates)) == set(alarms(prod))
    for alarm in alarms({"worldwide": templates["worldwide"]}).values():
        (action,) = alarm.properties["AlarmActions"]
        assert "Alarms" in json.dumps(action)
        assert "eu-west-1" not in json.dumps(action)
    (topic,) = resources({"firewall": templates["firewall"]}, "AWS::SNS::Topic")
    assert topic
