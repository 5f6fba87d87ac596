"""The bonus of the first pack, and the sandbox beside production (invariant 11)."""

from typing import Any

import pytest

from cliffhanger import clock, dynamo
from cliffhanger.wallet import changes, ledger, merging
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.market import ANNA, BORIS, TOKEN, Market, coins, kept


@pytest.fixture(autouse=True)
def generous(market: Market) -> None:
    """The first pack brings fifty more, however many pieces it has."""
    pack = {"kind": "coins", "coins": 100, "bonus_coins": 10, "first_purchase_bonus": 50}
    market.sell("coins-100", **pack, **sold("coins_100", "coins.100"))


def buy(market: Market, **wanted: Any) -> str:
    return market.shop.buy(account_token=TOKEN, **wanted).signed_transaction


def test_the_first_pack_brings_its_bonus_once(market: Market) -> None:
    assert market.offered()["coins-100"]["first_purchase_bonus"] == 50
    assert market.claim(buy(market, quantity=2)).body["purchase"]["bonus_coins"] == 70
    assert market.offered()["coins-100"]["first_purchase_bonus"] == 0
    assert market.claim(buy(market)).body["purchase"]["bonus_coins"] == 10
    assert market.offered(BORIS)["coins-100"]["first_purchase_bonus"] == 50


def test_a_first_pack_without_a_bonus_was_the_first_all_the_same(market: Market) -> None:
    market.sell("coins-5", kind="coins", coins=5, **sold(None, "coins.5"))
    market.claim(buy(market, product_id="coins.5"))
    assert market.offered()["coins-100"]["first_purchase_bonus"] == 0
    assert market.claim(buy(market)).body["purchase"]["bonus_coins"] == 10


def test_two_packs_that_are_bought_in_a_race_bring_the_bonus_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = buy(market), buy(market)
    transact, racing = dynamo.transact, [other]

    def overtaken(*writes: dynamo.Write) -> None:
        if racing:
            assert market.claim(racing.pop()).status == 200
        transact(*writes)

    monkeypatch.setattr(dynamo, "transact", overtaken)
    assert market.claim(one).body["purchase"]["bonus_coins"] == 10
    assert coins() == (200, 70, 0)


def test_a_refund_takes_the_bonus_back_and_does_not_give_it_another_time(market: Market) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    assert coins() == (100, 60, 0)
    market.shop.refund(bought)
    market.tell_all()
    assert coins() == (0, 0, 0)
    assert market.claim(buy(market)).body["purchase"]["bonus_coins"] == 10


def test_an_account_has_had_what_its_guest_had(market: Market) -> None:
    market.claim(buy(market))
    changes.commit(lambda: (merging.merge_writes(ANNA, BORIS, now=clock.now()), ()))
    assert market.offered(BORIS)["coins-100"]["first_purchase_bonus"] == 0
    assert market.offered(ANNA)["coins-100"]["first_purchase_bonus"] == 0


def test_what_apples_sandbox_sold_never_mixes(market: Market) -> None:
    answer = market.claim(buy(market, environment="Sandbox", price=4990))
    assert answer.body["purchase"]["environment"] == "sandbox"
    assert (coins(), coins(environment="sandbox")) == ((0, 0, 0), (100, 60, 0))
    assert answer.body["wallet"]["paid"] == 100
    assert market.offered()["coins-100"]["first_purchase_bonus"] == 50
    assert worth("sandbox") == [None]
    market.claim(buy(market, price=4990))
    assert (coins(), coins(environment="sandbox")) == ((100, 60, 0), (100, 60, 0))
    assert worth("production") == [4_990_000]


def test_what_googles_testers_bought_never_mixes(google: Market, play: Play) -> None:
    buyer = {"account_id": ANNA, "is_test": True}
    answer = google.claim(play.act("buy", product_id="coins_100", buyer=buyer))
    assert answer.body["purchase"]["environment"] == "sandbox"
    assert (coins(), coins(environment="sandbox")) == ((0, 0, 0), (100, 60, 0))
    assert worth("sandbox") == [None]
    assert [one["pk"].split("#")[2] for one in kept("BUY#", "PURCHASE")] == ["sandbox"]


def worth(environment: Any) -> list[int | None]:
    """What the paid coins of the ledger were sold for, in millionths."""
    moves = [move for entry in ledger.every(ANNA, environment) for move in entry.moves]
    return [
        move.value.gross_micros if move.value else None for move in moves if move.kind == "paid"
    ]
