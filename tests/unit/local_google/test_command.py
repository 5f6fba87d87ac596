"""`python -m local google`, and the server as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.layout import ROOT
from local.processes import fetch
from local.stores.google.command import app
from tests.unit.local_google.running import VIEWER, Play, until


@pytest.fixture
def run(play: Play, tmp_path: Path) -> Any:
    """Run one command at the store, and return what it prints."""
    (tmp_path / "endpoints.json").write_text(json.dumps({"google_url": play.url}))

    def run(*words: str) -> Any:
        ran = CliRunner().invoke(app, ["--state", str(tmp_path), *words])
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    return run


def test_a_purchase_prints_what_an_app_would_send(play: Play, run: Any) -> None:
    sent = run("buy", "coins_100", "--quantity", "2", "--account", VIEWER, "--region", "BR")
    assert set(sent) == {"store", "product_id", "purchase_token"}
    with play.book.open() as state:
        bought = state.one_time[sent["purchase_token"]]
    assert (bought.quantity, bought.buyer.account_id, bought.buyer.region) == (2, VIEWER, "BR")


def test_a_subscription_goes_through_every_command(run: Any) -> None:
    sent = run("subscribe", "vip", "--period", "P1W", "--add-on", "sports", "--test")
    token = sent["purchase_token"]
    for words in (
        ["renew"],
        ["grace", "--days", "2"],
        ["renew"],
        ["hold"],
        ["renew"],
        ["pause"],
        ["renew"],
        ["cancel"],
        ["restart"],
    ):
        assert run(words[0], token, *words[1:]) == sent
    changed = run("change-plan", "vip_yearly", "--period", "P1Y", "--late-seconds", "0")
    assert changed["product_id"] == "vip_yearly"
    assert changed["purchase_token"] != token
    assert run("refund", changed["purchase_token"], "--keep") == changed
    assert run("expire", changed["purchase_token"]) == changed


def test_pending_refund_review_time_and_pushes_have_commands_too(run: Any) -> None:
    sent = run("buy", "coins_100", "--pending")
    assert run("complete-pending") == sent
    assert run("refund", "--quantity", "1") == sent
    run("buy", "coins_100", "--pending")
    run("cancel-pending")
    bought = run("buy", "coins_100")
    assert run("review-refund", bought["purchase_token"])["pending_refund_token"]
    assert "now" in run("move-time", "--days", "1")
    run("test")
    assert len(run("redeliver", "--count", "2")["message_ids"]) == 2


def test_what_is_lost_happens_and_is_told_to_nobody(play: Play, run: Any) -> None:
    token = run("subscribe", "vip")["purchase_token"]
    assert len(play.push()) == 1
    run("--lost", "renew", token)
    with play.book.open() as state:
        assert state.subscriptions[token].renewals == 1
    assert play.push() == []
    run("renew", token)
    assert len(play.push()) == 1


def test_a_refusal_is_told_in_words(play: Play, tmp_path: Path) -> None:
    (tmp_path / "endpoints.json").write_text(json.dumps({"google_url": play.url}))
    ran = CliRunner().invoke(app, ["--state", str(tmp_path), "renew"])
    assert ran.exit_code == 2
    assert "no subscription yet" in ran.output


def test_without_a_local_cloud_it_says_how_to_start_it(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["--state", str(tmp_path), "test"])
    assert ran.exit_code == 2
    assert "make run" in ran.output


def test_the_server_starts_makes_its_keys_and_stops(tmp_path: Path) -> None:
    options = ["--port", "0", "--state", str(tmp_path), "--package-name", "dev.x"]
    server = subprocess.Popen(
        [sys.executable, "-m", "local.stores.google", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        address = server.stdout.readline().split()[-1]
        until(lambda: b"ok" in fetch(f"{address}/_health"))
        key = json.loads((tmp_path / "google" / "service-account.json").read_text())
        assert key["token_uri"] == f"{address}/token"
        assert json.loads(fetch(f"{address}/oauth2/v1/certs"))
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
