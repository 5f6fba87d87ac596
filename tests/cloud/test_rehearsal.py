"""What docs/operations.md rehearses on the local cloud, by the commands that operators type."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.layout import ROOT
from operations import releases
from operations.aliases import Released, released
from operations.shell import target_of
from operations.target import Target
from tests.cloud.stages import scratch, stage_like_local

MINUTES = 10


@pytest.fixture
def target(cloud: dict[str, Any]) -> Target:
    return target_of(None, None, Path(cloud["state"]))


def typed(*command: str, wanted: int = 0) -> str:
    """What a command says, in a process of its own with no credentials but those it brings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=kept,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MINUTES * 60,
    )
    assert ran.returncode == wanted, ran.stdout[-4000:]
    return ran.stdout


def operate(target: Target, *words: str) -> str:
    assert target.place
    return typed(sys.executable, "-m", "operations", *words, f"--local={target.place.state}")


def make(target: Target, goal: str, stage: str, wanted: int = 0) -> str:
    assert target.place
    local = f"LOCAL={target.place.state}"
    return typed(
        "make", "--no-print-directory", goal, f"STAGE={stage}", local, "YES=1", wanted=wanted
    )


def in_order(said: str, *steps: str) -> None:
    """Every step was told, each after the one before it."""
    places = [said.find(f"✓ {one}") for one in steps]
    assert -1 not in places, said[-4000:]
    assert places == sorted(places)


def live(target: Target, name: str) -> Released:
    return next(one for one in released(target) if name in one.name)


@pytest.fixture
def many_versions(target: Target) -> Iterator[str]:
    """A function that was released often: the first of its versions that nobody needs."""
    client = target.client("lambda")
    name = live(target, "Wallet").name
    for number in range(4):
        client.update_function_configuration(FunctionName=name, Description=f"release {number}")
        client.publish_version(FunctionName=name)
    wallet = live(target, "Wallet")
    yield str(next(one for one in wallet.published if one != wallet.live))
    for version in live(target, "Wallet").published:
        if version != wallet.live:
            client.delete_function(FunctionName=name, Qualifier=str(version))


def test_a_release_is_deployed_tried_pruned_taken_back_and_deployed_again(
    target: Target, tmp_path: Path, many_versions: str
) -> None:
    before = live(target, "Entitlements").live
    changed = stage_like_local(tmp_path, **{"statement_hours = 48": "statement_hours = 47"})
    said = operate(target, "deploy", f"--stage-file={changed}", "--yes")
    assert "CLIFFHANGER_STATEMENT_HOURS" in said, "the difference was shown"
    smoke = [f"smoke test: {one}" for one in ("a guest was made", "the catalogue", "episode")]
    in_order(said, "preflight: all is there", "deployed", *smoke, f"pruned version {many_versions}")
    assert "Apple notifications   http" in said
    assert live(target, "Entitlements").live > before

    assert "1 functions went back" in make(target, "rollback", "local")
    assert live(target, "Entitlements").live == before
    in_order(operate(target, "smoke"), "episode", "the guest was deleted")

    in_order(make(target, "deploy", "local"), "deployed", "smoke test: the guest was deleted")
    assert live(target, "Entitlements").live > before
    _forget_releases(target)


def _forget_releases(target: Target) -> None:
    """Leave the cloud as a first deployment does: with nothing to go back to."""
    releases.forget(target)
    one = live(target, "Entitlements")
    for version in one.published:
        if version != one.live:
            target.client("lambda").delete_function(FunctionName=one.name, Qualifier=str(version))


def test_a_stage_is_deployed_and_taken_down_with_all_that_was_in_it(
    target: Target, tmp_path: Path
) -> None:
    path = stage_like_local(
        tmp_path,
        **{
            'name = "local"': 'name = "scratch"',
            'event_bus = "cliffhanger"': 'event_bus = "cliffhanger-scratch"',
        },
    )
    operate(target, "deploy", f"--stage-file={path}", "--yes", "--no-smoke")
    deployed = scratch(target, path)
    bucket = deployed.output("data", "SourceBucket")
    deployed.client("s3").put_object(Bucket=bucket, Key="sources/a", Body=b"master")
    said = operate(target, "teardown", f"--stage-file={path}", "--yes")
    in_order(said, f"{bucket}: 1 objects deleted", "the stage scratch is gone")
    assert scratch(target, path).outputs == {}
    assert bucket not in {one["Name"] for one in target.client("s3").list_buckets()["Buckets"]}
    operate(target, "smoke")  # the other stage is as it was


def test_production_is_not_taken_down(target: Target) -> None:
    assert "outlives its stacks" in make(target, "teardown", "prod", wanted=2)
