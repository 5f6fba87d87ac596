"""`python -m local ledger`: what an operator sees of wallets, and of the reconciler."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cliffhanger import clock, dynamo
from cliffhanger.purchases import passes, reports
from cliffhanger.purchases.reports import Report, Source
from local.__main__ import app
from tests.conftest import require_books_in_order
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
def command(stage: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run one of the commands. Its client is the stage's, made before."""
    (tmp_path / "endpoints.json").write_text(json.dumps(ENDPOINTS))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")

    def run(*words: str) -> Result:
        name, *rest = words
        return CliRunner().invoke(app, ["ledger", name, "--state", str(tmp_path), *rest])

    return run


@pytest.fixture
def check(command: Check) -> Check:
    """Run the audit."""
    return lambda *words: command("check", *words)


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


def ran(at: datetime, **sources: Source) -> None:
    """What a run leaves, with the place that a source has been looked through to."""
    reports.keep(Report(at=at, sources=sources))
    progress = passes.read("apple#Production")
    passes.go_on("apple#Production", progress, passes.Pass(since=at, until=at))


def test_the_latest_run_of_the_reconciler_is_told_in_full(command: Check) -> None:
    now = clock.now()
    ran(now - timedelta(hours=6), google=Source(problem="store_unavailable"))
    ran(now, apple=Source(seen=7, repairs=2, repaired=["DID_RENEW u1"]), google=Source(seen=1))
    told = command("reconciled")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        clock.iso(now),
        "  apple: 7 seen, 2 repaired",
        "    DID_RENEW u1",
        "    and 1 more",
        "  google: 1 seen, 0 repaired",
    ]


def test_a_source_that_could_not_be_asked_fails_the_command(command: Check) -> None:
    now = clock.now()
    ran(now - timedelta(hours=6), google=Source(problem="store_unavailable"))
    ran(now, google=Source(seen=1))
    assert command("reconciled").exit_code == 0
    told = command("reconciled", "--runs", "2")
    assert told.exit_code == 1
    assert "google: 0 seen, 0 repaired, problem: store_unavailable" in told.stdout
    assert told.stdout.index(clock.iso(now)) == 0, "the newest comes first"


def test_what_could_not_be_done_is_named(command: Check) -> None:
    source = Source(seen=2)
    source.skip("REFUND u1")
    ran(clock.now(), google=source)
    told = command("reconciled")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[1:] == [
        "  google: 2 seen, 0 repaired, problem: skipped",
        "    skipped: REFUND u1",
    ]


def test_a_reconciler_that_has_not_run_is_said(command: Check) -> None:
    assert not dynamo.page("commerce", None, "RECONCILED", limit=1)[0]
    told = command("reconciled")
    assert (told.exit_code, told.stdout) == (0, "The reconciler has not run yet.\n")


def test_a_suite_whose_cloud_cannot_be_audited_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="not running"):
        require_books_in_order(tmp_path)
