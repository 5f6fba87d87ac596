"""What no notification told is found by the reconciler, and its report says what."""

from datetime import timedelta
from typing import Any

import pytest
from requests import Response

from cliffhanger import clock, dynamo
from cliffhanger.purchases import reconcile, reports
from cliffhanger.purchases.google import session
from tests.unit.local_apple.open import Address
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import (
    ANNA,
    BORIS,
    TOKEN,
    Market,
    coins,
    everything,
    kept,
    the_purchase,
)


def test_what_apple_told_and_nobody_heard_is_repaired(market: Market, apple: Address) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    lost = market.shop.refund(bought, 50)
    found = market.reconcile()["sources"]["apple#Production"]
    assert (found["seen"], found["problem"]) == (2, None)
    assert f"REFUND {lost.uuid}" in found["repaired"]
    assert coins() == (50, 5, 0)
    again = market.reconcile()["sources"]["apple#Production"]
    assert (again["seen"], again["repairs"]) == (2, 0)


@pytest.mark.parametrize("days", [1, 200])
def test_so_it_is_after_the_time_of_the_local_store_was_moved(
    market: Market, apple: Address, days: int
) -> None:
    market.shop.courier.advance(days * 86_400)
    market.shop.buy(account_token=TOKEN)
    found = market.reconcile()["sources"]["apple#Production"]
    assert (found["repairs"], found["problem"]) == (1, None)
    assert coins() == (100, 10, 0)


def test_a_late_word_counts_as_heard(market: Market, apple: Address) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    first = market.shop.store.state.notifications[0]
    market.tell(market.shop.refund(bought))
    market.tell(first)
    assert market.reconcile()["sources"]["apple#Production"]["repairs"] == 0


def test_the_sandbox_beside_production_is_looked_through_too(
    market: Market, apple: Address
) -> None:
    bought = market.shop.buy(account_token=TOKEN, environment="Sandbox")
    market.claim(bought.signed_transaction)
    market.shop.refund(bought)
    assert market.reconcile()["sources"]["apple#Sandbox"]["repairs"] == 2
    assert coins(environment="sandbox") == (0, 0, 0)


def test_what_google_voided_and_nobody_heard_is_repaired(
    google: Market, play: Play, apple: Address
) -> None:
    pack = play.act("buy", product_id="coins_100", quantity=2, buyer={"account_id": ANNA})
    plan = play.act("subscribe", product_id="vip", buyer={"account_id": ANNA})
    google.claim(pack)
    google.claim(plan)
    play.act("refund", purchase_token=pack["purchase_token"], quantity=1)
    play.act("refund", purchase_token=plan["purchase_token"])
    found = google.reconcile()["sources"]["google"]
    assert (found["seen"], found["repairs"], found["problem"]) == (2, 2, None)
    assert coins() == (100, 10, 0)
    assert [one["state"] for one in kept("SUB#", "SUBSCRIPTION")] == ["revoked"]
    assert google.reconcile()["sources"]["google"]["repairs"] == 0


def test_a_source_that_is_down_stops_no_other_and_is_asked_from_the_same_place(
    google: Market, play: Play, pauses: list[float]
) -> None:
    pack = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    google.claim(pack)
    play.act("refund", purchase_token=pack["purchase_token"])
    sources = google.reconcile()["sources"]  # Apple's address is nowhere, and its key is not there
    assert {name: one["problem"] for name, one in sources.items()} == {
        "apple#Production": "internal_error",
        "apple#Sandbox": "internal_error",
        "google": None,
    }
    assert coins() == (0, 0, 0)
    going = {one["sk"] for one in _reconciled() if one.get("going")}
    assert going == {"apple#Production", "apple#Sandbox"}


def test_a_purchase_that_google_lists_and_answers_out_of_turn_about_stops_no_other_for_ever(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "_PATIENCE", 2)
    bad, good = (
        play.act("buy", product_id="coins_100", buyer={"account_id": one}) for one in (ANNA, BORIS)
    )
    for one, viewer in ((bad, ANNA), (good, BORIS)):
        google.claim(one, viewer)
        play.act("refund", purchase_token=one["purchase_token"], lost=True)
    call = session.call

    def answer(method: Any, path: str, **more: Any) -> Response:
        found = call(method, path, **more)
        found.status_code = 412 if bad["purchase_token"] in path else found.status_code
        return found

    monkeypatch.setattr(session, "call", answer)
    found = [google.reconcile()["sources"]["google"] for _ in range(3)]
    assert [one["problem"] for one in found] == ["store_refused", "store_refused", "skipped"]
    assert (coins(), coins(BORIS)) == ((100, 10, 0), (0, 0, 0))


def test_what_apple_had_told_while_it_was_down_is_found_when_it_is_back(
    market: Market, pauses: list[float], request: pytest.FixtureRequest
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.claim(bought.signed_transaction)
    market.shop.refund(bought)
    market.reconcile()
    request.getfixturevalue("apple")
    market.reconcile()
    assert the_purchase()["state"] == "refunded"


def test_a_report_of_any_length_fits_its_item(market: Market) -> None:
    source = reports.Source()
    for number in range(20_000):
        source.note(f"DID_RENEW {number:036d}")
    assert (source.repairs, len(source.repaired)) == (20_000, 100)


def test_each_run_leaves_its_report(market: Market, apple: Address) -> None:
    market.reconcile()
    (report,) = [one for one in _reconciled() if one["sk"].startswith("RUN#")]
    assert set(report["sources"]) == {"apple#Production", "apple#Sandbox", "google"}
    assert report["sources"]["google"]["problem"] == "internal_error"  # it is not set up here


IDLE = timedelta(days=200)


@pytest.mark.parametrize(
    "going",
    [
        None,
        {"since": IDLE + timedelta(days=1), "until": IDLE},
        {"since": IDLE + timedelta(days=1), "until": IDLE, "page": "20"},
    ],
    ids=["none", "begun", "half_done"],
)
def test_a_stage_that_was_idle_for_half_a_year_asks_apple_for_what_it_still_keeps(
    market: Market, apple: Address, going: dict[str, Any] | None
) -> None:
    market.shop.buy(account_token=TOKEN)
    now = clock.now()
    ago = {
        name: clock.iso(now - value) if isinstance(value, timedelta) else value
        for name, value in (going or {}).items()
    }
    item = dynamo.key("RECONCILED", "apple#Production") | {"until": clock.iso(now - IDLE)}
    dynamo.write(dynamo.put("commerce", item | {"going": ago or None}))
    problems = [market.reconcile()["sources"]["apple#Production"]["problem"] for _ in range(2)]
    assert problems == ["store_refused" if "page" in ago else None, None]
    assert coins() == (100, 10, 0)


def _reconciled() -> list[dynamo.Item]:
    return [one for one in everything() if one["pk"] == "RECONCILED"]
