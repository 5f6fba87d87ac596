"""`python -m local google`, and the server as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from local.layout import ROOT
from local.processes import fetch
from local.stores import offered
from local.stores.google.command import app
from tests.unit.local_google.running import VIEWER, Play, until
from tests.unit.local_stores.saying import complaint

OFFERED = {"coins_100": "coins", "vip": "vip", "vip_yearly": "vip"}


@pytest.fixture
def invoke(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run one command at the store of a studio that offers some products."""
    (tmp_path / "endpoints.json").write_text(json.dumps({"google_url": play.url}))
    monkeypatch.setattr(offered, "_kind", lambda _endpoints, _store, sold: OFFERED.get(sold))

    def invoke(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(app, ["--state", str(tmp_path), *words], input=stdin)

    return invoke


@pytest.fixture
def run(invoke: Any) -> Any:
    """Run one command, and return what it prints."""

    def run(*words: str, stdin: str = "") -> Any:
        ran = invoke(*words, stdin=stdin)
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    return run


@pytest.mark.parametrize("name", ["--viewer", "--account"])
def test_a_purchase_prints_what_an_app_would_send(play: Play, run: Any, name: str) -> None:
    sent = run("buy", "coins_100", "--quantity", "2", name, VIEWER, "--region", "BR")
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


def test_what_is_over_may_begin_again_in_the_play_store(play: Play, run: Any) -> None:
    token = run("subscribe", "vip", "--viewer", VIEWER)["purchase_token"]
    run("expire", token)
    again = run("resubscribe", token)
    assert again["purchase_token"] != token
    with play.book.open() as state:
        new = state.subscriptions[again["purchase_token"]]
    assert (new.buyer.account_id, new.expired_account_id) == (None, VIEWER)


def test_a_plan_may_wait_for_the_renewal(play: Play, run: Any) -> None:
    token = run("subscribe", "vip", "--period", "P1W")["purchase_token"]
    changed = run("change-plan", "vip_yearly", token, "--period", "P1Y", "--deferred")
    assert changed["product_id"] == "vip_yearly"
    with play.book.open() as state:
        assert state.subscriptions[changed["purchase_token"]].product_id == "vip"


def test_pending_refund_review_time_and_pushes_have_commands_too(run: Any) -> None:
    sent = run("buy", "coins_100", "--pending")
    assert run("complete-pending") == sent
    assert run("refund", "--quantity", "1") == sent
    run("buy", "coins_100", "--pending")
    run("cancel-pending")
    bought = run("buy", "coins_100")
    assert run("review-refund", bought["purchase_token"]) == bought
    assert "now" in run("move-time", "--days", "1")
    run("test")
    assert len(run("redeliver", "--count", "2")["message_ids"]) == 2


def test_a_purchase_is_named_by_what_was_printed_of_it(run: Any, invoke: Any) -> None:
    bought = run("buy", "coins_100")
    run("buy", "coins_100")
    assert run("refund", json.dumps(bought)) == bought
    asked = invoke("review-refund", "-", stdin=json.dumps(bought))
    assert json.loads(asked.stdout) == bought
    assert "pending_refund_token: " in asked.stderr
    assert invoke("refund", "-", stdin='{"store": "google"}').exit_code == 2


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        (["buy", "vip"], "google subscribe vip"),
        (["subscribe", "coins_100"], "google buy coins_100"),
        (["change-plan", "coins_100"], "google buy coins_100"),
    ],
)
def test_a_product_of_the_other_kind_is_refused_with_the_command_that_sells_it(
    play: Play, invoke: Any, asked: list[str], right: str
) -> None:
    assert right in complaint(invoke(*asked))
    with play.book.open() as state:
        assert not state.one_time
        assert not state.subscriptions


def test_what_the_studio_does_not_offer_is_sold_with_a_warning(invoke: Any) -> None:
    ran = invoke("buy", "coins_1")
    assert json.loads(ran.stdout)["product_id"] == "coins_1"
    assert "no product with the google_product_id coins_1" in ran.stderr
    assert "Warning" not in invoke("buy", "coins_100").stderr


@pytest.mark.parametrize("words", [["--lost", "renew"], ["renew", "--lost"]])
def test_what_is_lost_happens_and_is_told_to_nobody(play: Play, run: Any, words: list[str]) -> None:
    token = run("subscribe", "vip")["purchase_token"]
    assert len(play.push()) == 1
    run(*words, token)
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
