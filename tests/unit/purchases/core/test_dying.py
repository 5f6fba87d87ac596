"""Invariant 3: wherever a process dies, a purchase is granted once and never by half."""

from collections.abc import Callable
from typing import Any

import pytest

from cliffhanger.entitlements import vip
from cliffhanger.wallet import ledger
from tests.dynamo.backends import on_dict_and_local
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.dying import every_death
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, everything, kept

Later = Callable[..., None]
pytestmark = on_dict_and_local
both = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


@both
def test_a_claim_of_apples_that_dies_anywhere_is_granted_once(
    market: Market, later: Later, after: bool
) -> None:
    bought: list[str] = []
    deaths = 0

    def claim() -> None:
        bought.append(market.shop.buy(account_token=TOKEN).signed_transaction)
        market.claim(bought[-1])

    for deaths in every_death(claim, after=after):
        one = bought[deaths]
        granted = coins()  # whole or not at all, and in agreement with the ledger
        assert granted in {
            (100 * deaths, 10 * deaths, 0),
            (100 * (deaths + 1), 10 * (deaths + 1), 0),
        }
        assert market.claim(one).body["purchase"]["state"] == "granted"
        assert coins() == (100 * (deaths + 1), 10 * (deaths + 1), 0)
    assert deaths >= 5  # a claim makes that many calls
    _all_is_settled(market, later)
    assert len(list(ledger.every(ANNA, "production"))) == len(kept("BUY#", "PURCHASE"))


@both
def test_a_claim_of_googles_that_dies_anywhere_is_granted_once(
    google: Market, play: Play, later: Later, after: bool
) -> None:
    sent: list[dict[str, Any]] = []
    deaths = 0

    def claim() -> None:
        sent.append(play.act("buy", product_id="coins_100", buyer={"account_id": ANNA}))
        google.claim(sent[-1])

    for deaths in every_death(claim, after=after):
        assert google.claim(sent[deaths]).body["purchase"]["state"] == "granted"
        assert coins() == (100 * (deaths + 1), 10 * (deaths + 1), 0)
    assert deaths > 5  # a claim makes that many calls
    _all_is_settled(google, later)
    with play.book.open() as state:
        granted = [one for one in state.one_time.values() if one.token in _tokens()]
        assert all(one.is_consumed for one in granted)


@both
def test_a_refund_whose_notification_dies_anywhere_takes_its_share_once(
    market: Market, later: Later, after: bool
) -> None:
    bought = [market.shop.buy(account_token=TOKEN) for _ in range(20)]
    market.tell_all()
    made = iter(bought)
    deaths = 0

    def refunded() -> None:
        market.ring(market.shop.refund(next(made), 50))
        market.work()

    for deaths in every_death(refunded, after=after):
        market.work()  # the queue brings it again
        market.tell_all()  # and so does Apple
        assert coins()[0] == 100 * 20 - 50 * (deaths + 1)
    assert deaths > 8
    _all_is_settled(market, later)


@both
def test_a_subscription_that_dies_anywhere_opens_once_and_keeps_its_period(
    google: Market, play: Play, later: Later, after: bool
) -> None:
    sent: list[dict[str, Any]] = []
    deaths = 0

    def claim() -> None:
        sent.append(play.act("subscribe", product_id="vip", buyer={"account_id": ANNA}))
        google.claim(sent[-1])

    for deaths in every_death(claim, after=after):
        assert google.claim(sent[deaths]).body["purchase"]["state"] == "active"
        periods = [one for one in everything() if one["sk"].startswith("PERIOD#")]
        assert len(periods) == len(kept("SUB#", "SUBSCRIPTION")) == deaths + 1
    assert deaths > 8
    _all_is_settled(google, later)
    with play.book.open() as state:
        begun = [one for one in state.subscriptions.values() if one.token in _tokens()]
        assert all(one.is_acknowledged for one in begun)
    (item,) = [one for one in everything() if one["sk"] == "VIEWER"]
    assert len(list(vip.lines(item))) == len(begun)


def _tokens() -> set[str]:
    return {one["token"] for one in everything() if one.get("token")}


def _all_is_settled(market: Market, later: Later) -> None:
    later(minutes=20)
    assert market.settle()["failed"] == 0
    assert [one for one in everything() if one.get("todo")] == []
