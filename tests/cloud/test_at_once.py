"""Every way to one purchase at the same moment: it is granted once, and taken back once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.client import Answer
from tests.cloud.money import Buyer, eventually, open_account, reconcile, run, set_products
from tests.cloud.test_lost_words import make_due
from tests.cloud.test_money import entries

RACERS = 16
LOOK_SECONDS = 30
PASSES = {"apple": "apple#Sandbox", "google": "google"}
Passes = tuple[Callable[[], Any], list[Any]]
both_stores = pytest.mark.parametrize("store", PASSES)


@pytest.fixture(scope="module")
def awake(cloud: dict[str, Any]) -> None:
    """As many run as will race: whoever starts cold comes seconds after the first has written."""
    set_products(cloud)
    somebody = open_account(cloud).client
    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(lambda _: somebody.get("/products"), range(RACERS)))
    assert {answer.status for answer in answers} == {200}


@pytest.fixture
def buyer(cloud: dict[str, Any], awake: None) -> Buyer:
    return open_account(cloud)


def claims(buyer: Buyer, store: str, bought: dict[str, Any]) -> Callable[[], Answer]:
    claim = buyer.claim_apple if store == "apple" else buyer.claim_google
    return lambda: claim(bought)


def buy(buyer: Buyer, store: str) -> dict[str, Any]:
    """The store sends its notification at this moment."""
    return buyer.buy_from_apple() if store == "apple" else buyer.buy_from_google()


def give_back(buyer: Buyer, store: str, bought: dict[str, Any]) -> None:
    """Of this the store tells at once, too."""
    name = "transaction_id" if store == "apple" else "purchase_token"
    at = buyer.at_apple if store == "apple" else buyer.at_google
    at("refund", {name: bought[name]})


def ask_when_known(buyer: Buyer) -> None:
    """Ask Google about a purchase as soon as it is granted."""
    deadline = time.monotonic() + LOOK_SECONDS
    while not make_due(buyer):
        assert time.monotonic() < deadline
    run(buyer.cloud, "recheck")


def race(claim: Callable[[], Answer], *others: Callable[[], Any]) -> list[Answer]:
    """Claim again and again while others do what they do; return the claims' answers."""
    with ThreadPoolExecutor(RACERS + len(others)) as pool:
        running = [pool.submit(one) for one in others]
        answers = list(pool.map(lambda _: claim(), range(RACERS)))
    for one in running:
        one.result()
    assert {answer.status for answer in answers} <= {200, 503}
    return answers


@pytest.fixture
def passes(cloud: dict[str, Any]) -> Passes:
    """What a reconciler does, and the reports of all that did it."""
    made: list[Any] = []
    return lambda: made.append(reconcile(cloud)["sources"]), made


def require_seen(reports: list[Any], source: str) -> None:
    """Two runs share the pages of one pass: whoever was slower may have found none left."""
    assert {one["problem"] for report in reports for one in report.values()} <= {None, "busy"}
    assert any(report[source]["seen"] for report in reports), "one saw the purchase too"


@both_stores
def test_a_claim_a_notification_the_reconciler_and_retries_at_once_grant_once(
    buyer: Buyer, store: str, passes: Passes, agrees: Any
) -> None:
    bought = buy(buyer, store)
    look, reports = passes
    asking = [partial(ask_when_known, buyer)] if store == "google" else []
    answers = race(claims(buyer, store, bought), look, look, *asking)
    if store == "apple":  # Google's list has only what went back
        require_seen(reports, PASSES[store])
    granted = {answer.body["purchase"]["id"] for answer in answers if answer.status == 200}
    assert len(granted) == 1
    eventually(buyer.wallet, (100, 10, 0))
    assert [entry["kind"] for entry in entries(buyer)] == ["purchase"]
    assert agrees(buyer.id)


@both_stores
def test_a_refund_that_is_told_found_asked_for_and_claimed_at_once_is_taken_once(
    cloud: dict[str, Any], buyer: Buyer, store: str, passes: Passes, agrees: Any
) -> None:
    bought = buy(buyer, store)
    claim = claims(buyer, store, bought)
    assert claim().status == 200
    make_due(buyer)
    give_back(buyer, store, bought)
    look, reports = passes
    race(claim, look, look, lambda: run(cloud, "recheck"))
    require_seen(reports, PASSES[store])
    eventually(buyer.wallet, (0, 0, 0))
    assert claim().body["purchase"]["state"] == "refunded"
    assert [entry["kind"] for entry in entries(buyer)] == ["refund", "purchase"]
    assert agrees(buyer.id)
