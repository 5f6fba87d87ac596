"""`python -m local ledger check`: what an operator sees of wallets."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from local.__main__ import app
from tests.unit.gateway import VIEWER
from tests.unit.wallet.test_audit import tamper
from tests.unit.wallet.wallet_steps import buy

ENDPOINTS = {
    "aws_endpoint_url": "http://127.0.0.1:9",
    "region": "eu-west-1",
    "tables": {"commerce": "commerce"},
}
Check = Callable[..., Result]


@pytest.fixture
def check(stage: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the command. Its client is the stage's, made before."""
    (tmp_path / "endpoints.json").write_text(json.dumps(ENDPOINTS))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["ledger", "check", "--state", str(tmp_path), *words])

    return run


def test_wallets_in_order_are_counted(check: Check) -> None:
    buy(10, 2)
    ran = check("--all")
    assert (ran.exit_code, ran.stdout) == (0, "1 wallets, 0 that disagree with their ledger\n")
    assert check("--viewer", VIEWER).exit_code == 0


@pytest.mark.parametrize("whose", [["--all"], ["--viewer", VIEWER]])
def test_a_wallet_that_disagrees_is_told_and_fails_the_command(
    check: Check, whose: list[str]
) -> None:
    buy(10, 2)
    tamper("paid", 11)
    ran = check(*whose)
    assert ran.exit_code == 1
    assert f"{VIEWER} (production, 1 entries)" in ran.stdout
    assert "paid: the wallet says 11, the ledger 10" in ran.stdout


def test_it_asks_the_local_cloud(check: Check) -> None:
    check("--all")
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert os.environ["CLIFFHANGER_COMMERCE_TABLE"] == "commerce"


@pytest.mark.parametrize("whose", [[], ["--all", "--viewer", VIEWER]])
def test_it_wants_to_know_whose_wallets(check: Check, whose: list[str]) -> None:
    ran = check(*whose)
    assert ran.exit_code == 2
    assert "--viewer ID or --all" in ran.output


def test_a_cloud_that_is_not_running_is_said(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["ledger", "check", "--all", "--state", str(tmp_path)])
    assert ran.exit_code == 2
    assert "not running" in ran.output
