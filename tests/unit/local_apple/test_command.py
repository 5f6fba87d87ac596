"""`python -m local apple`: what it prints is what an app sends, and what the next command takes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cliffhanger.purchases.apple.account_token import viewer_of
from local.stores import offered
from local.stores.apple.command import app
from tests.unit.local_apple.open import Address, opened
from tests.unit.local_apple.shop import TOKEN, Shop, unverified
from tests.unit.local_stores.saying import complaint

OFFERED = {"coins.100": "coins", "vip.weekly": "vip", "vip.yearly": "vip"}
Invoke = Callable[..., Result]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def address(shop: Shop, tmp_path: Path) -> Iterator[Address]:
    with opened(shop, tmp_path / "apple") as found:
        yield found


@pytest.fixture
def invoke(address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run one command at the store of a studio that offers some products."""
    (tmp_path / "endpoints.json").write_text(json.dumps({"apple_url": address.url}))
    monkeypatch.setattr(offered, "_kind", lambda _endpoints, _store, sold: OFFERED.get(sold))

    def invoke(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(app, [*words, "--state", str(tmp_path)], input=stdin)

    return invoke


@pytest.fixture
def run(invoke: Invoke) -> Run:
    """Run one command; return what the transaction says that it prints, and nothing but that."""

    def run(*words: str, stdin: str = "") -> dict[str, Any]:
        ran = invoke(*words, stdin=stdin)
        assert ran.exit_code == 0, ran.output
        sent = json.loads(ran.stdout)
        assert set(sent) == {"store", "signed_transaction"}
        assert sent["store"] == "apple"
        return unverified(sent["signed_transaction"])

    return run


def test_a_purchase_prints_what_an_app_would_send(run: Run) -> None:
    viewer = viewer_of(TOKEN)
    assert viewer
    sold = run("buy", "coins.100", "--viewer", viewer, "--price", "990", "--quantity", "2")
    assert (sold["productId"], sold["price"], sold["quantity"]) == ("coins.100", 990, 2)
    assert sold["appAccountToken"] == TOKEN


@pytest.mark.parametrize(
    "words",
    [
        ["renew"],
        ["cancel"],
        ["expire"],
        ["grace", "--days", "6"],
        ["billing-retry"],
        ["change-plan", "vip.yearly"],
        ["refund", "--percentage", "40"],
        ["decline"],
        ["ask-consumption", "--reason", "LEGAL"],
        ["share"],
        ["show"],
    ],
    ids=lambda words: words[0],
)
def test_so_does_every_command_that_something_happens_by(run: Run, words: list[str]) -> None:
    bought = run("subscribe", "vip.weekly")["transactionId"]
    told = run(words[0], bought, *words[1:])
    assert told["transactionId"] == bought or words[0] in {"renew", "change-plan", "share"}


def test_people_are_told_the_ids_and_what_the_backend_hears(invoke: Invoke) -> None:
    told = invoke("subscribe", "vip.weekly")
    sold = unverified(json.loads(told.stdout)["signed_transaction"])
    assert told.stderr.splitlines() == [
        f"transaction_id: {sold['transactionId']}",
        f"original_transaction_id: {sold['originalTransactionId']}",
        "status: 1",
        "notification: SUBSCRIBED INITIAL_BUY",
    ]


def test_a_transaction_is_named_by_its_id_its_signature_or_what_was_printed(
    run: Run, invoke: Invoke
) -> None:
    body = invoke("subscribe", "vip.weekly").stdout
    signed = json.loads(body)["signed_transaction"]
    wanted = unverified(signed)["transactionId"]
    run("subscribe", "vip.weekly")
    named = [[wanted], [signed], [body]]
    assert {run("show", *one)["transactionId"] for one in named} == {wanted}
    stdin = [wanted, signed, body]
    assert {run("show", "-", stdin=one)["transactionId"] for one in stdin} == {wanted}
    assert run("change-plan", "-", "vip.yearly", stdin=body)["originalTransactionId"] == wanted


@pytest.mark.parametrize("stdin", ["", "{}", "{", "a.b.c", "7000"])
def test_what_names_no_transaction_is_refused(invoke: Invoke, stdin: str) -> None:
    ran = invoke("refund", "-", stdin=stdin)
    assert (ran.exit_code, ran.stdout) == (2, "")


def test_without_one_the_latest_purchase_is_meant(run: Run, invoke: Invoke) -> None:
    assert "Nothing was bought yet" in invoke("refund").stderr
    first = run("subscribe", "vip.weekly")
    pack = run("buy", "coins.100")
    assert run("renew")["originalTransactionId"] == first["transactionId"]
    assert run("refund")["transactionId"] == pack["transactionId"]


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        (["buy", "vip.weekly"], "apple subscribe vip.weekly"),
        (["subscribe", "coins.100"], "apple buy coins.100"),
        (["change-plan", "1", "coins.100"], "apple buy coins.100"),
    ],
)
def test_a_product_of_the_other_kind_is_refused_with_the_command_that_sells_it(
    shop: Shop, invoke: Invoke, asked: list[str], right: str
) -> None:
    assert right in complaint(invoke(*asked))
    assert not shop.store.state.transactions


def test_what_the_studio_does_not_offer_is_sold_with_a_warning(invoke: Invoke) -> None:
    ran = invoke("buy", "coins.1")
    assert unverified(json.loads(ran.stdout)["signed_transaction"])["productId"] == "coins.1"
    assert "no product with the apple_product_id coins.1" in ran.stderr
    assert "Warning" not in invoke("buy", "coins.100").stderr


def test_time_passes_and_a_refusal_is_told_in_words(run: Run, invoke: Invoke) -> None:
    sold = run("buy", "coins.100")
    passed = json.loads(invoke("advance", "--days", "2").stdout)
    assert passed["now"] > sold["purchaseDate"] + 170_000_000
    wrong = invoke("renew", sold["transactionId"])
    assert wrong.exit_code == 2
    assert "not of a subscription" in wrong.stderr


@pytest.mark.parametrize("words", [["--lost", "renew"], ["renew", "--lost"]])
def test_what_is_lost_happens_and_is_told_to_nobody(
    shop: Shop, run: Run, invoke: Invoke, words: list[str]
) -> None:
    bought = run("subscribe", "vip.weekly")
    shop.courier.tick()
    assert len(shop.post.received) == 1
    renewed = invoke(*words)
    assert "DID_RENEW (lost)" in renewed.stderr
    sent = unverified(json.loads(renewed.stdout)["signed_transaction"])
    assert sent["originalTransactionId"] == bought["transactionId"]
    shop.courier.tick()
    assert len(shop.post.received) == 1
    run("renew")
    shop.courier.tick()
    assert len(shop.post.received) == 2


def test_what_happens_while_time_passes_can_be_lost_too(
    shop: Shop, run: Run, invoke: Invoke
) -> None:
    run("subscribe", "vip.weekly")
    assert invoke("advance", "--days", "8", "--lost").exit_code == 0
    told = [unverified(payload)["notificationType"] for _, payload in shop.post.received]
    assert told == ["SUBSCRIBED"]
    (line,) = shop.store.state.lines.values()
    assert shop.store.latest(line).is_renewal


def test_the_latest_notifications_come_again(shop: Shop, run: Run, invoke: Invoke) -> None:
    run("buy", "coins.100")
    run("buy", "coins.100")
    shop.courier.tick()
    again = json.loads(invoke("redeliver", "--count", "2").stdout)["notification_uuids"]
    shop.courier.tick()
    told = [unverified(payload)["notificationUUID"] for _, payload in shop.post.received]
    assert told == [*again, *again]
