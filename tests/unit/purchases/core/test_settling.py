"""Invariant 15: what comes after the commit is done in the end, however often it fails."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from cliffhanger import events
from cliffhanger.purchases import after_commit, coin_changes, settling
from cliffhanger.purchases.errors import StoreUnavailable
from cliffhanger.purchases.google import api
from cliffhanger.purchases.records import Todo
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, everything, the_purchase

Later = Callable[..., None]
Told = Callable[[], list[tuple[str, Any]]]
BUYER = {"account_id": ANNA}


def test_a_pack_of_googles_is_consumed_at_once_and_stays_bought(google: Market, play: Play) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    google.claim(sent)
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "granted"
    assert "todo" not in the_purchase()


def test_what_google_did_not_hear_is_told_by_the_sweep_long_before_three_days(
    google: Market, play: Play, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    with monkeypatch.context() as down:
        down.setattr(api, "consume", _down)
        assert google.claim(sent).body["purchase"]["state"] == "granted"
        assert the_purchase()["todo"] == ["consume"]
        later(minutes=3)
        assert google.settle().items() >= {"settled": 0, "granted": 0, "failed": 1}.items()
    later(minutes=16)
    assert google.settle().items() >= {"settled": 1, "granted": 0, "failed": 0}.items()
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def _down(*_: object) -> None:
    raise StoreUnavailable


def test_a_subscription_of_googles_is_acknowledged_and_stays(google: Market, play: Play) -> None:
    sent = play.act("subscribe", product_id="vip", buyer=BUYER, period="P1M")
    google.claim(sent)
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "active"


def test_what_google_does_not_know_to_be_consumed_is_consumed_at_the_next_claim(
    google: Market, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    with monkeypatch.context() as deaf:
        deaf.setattr(api, "consume", lambda *_: None)
        google.claim(sent)
    google.claim(sent)
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "granted"


@pytest.mark.parametrize("how", ["refuses", "breaks"])
def test_a_bus_that_fails_costs_nobody_their_answer_and_hears_it_later(
    market: Market, bus: Told, later: Later, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def publish(_event: object) -> None:
        if how == "refuses":
            raise events.NotPublished("ThrottlingException")
        raise ConnectionError("no route to the bus")

    with monkeypatch.context() as broken:
        broken.setattr(events, "publish", publish)
        answer = market.claim(market.shop.buy(account_token=TOKEN).signed_transaction)
        assert (answer.status, answer.body["purchase"]["state"]) == (200, "granted")
    later(minutes=3)
    assert market.settle()["settled"] == 1
    ((name, told),) = bus()
    assert (name, told["coins"], told["viewer_id"]) == ("purchase.granted", 100, ANNA)


def test_a_process_that_dies_after_the_commit_loses_nothing(
    google: Market, play: Play, bus: Told, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    with monkeypatch.context() as dying:
        dying.setattr(settling, "settle", _die)
        assert google.claim(sent).status == 500
    later(minutes=3)
    assert google.settle()["settled"] == 1
    assert [name for name, _ in bus()] == ["purchase.granted"]
    play.act("move-time", days=4)
    assert google.claim(sent).body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def _die(_done: object) -> None:
    raise RuntimeError("the process died")


def test_a_refund_that_two_steps_make_is_finished_by_whoever_comes_next(
    market: Market, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.refund(bought, 50)
    word = market.shop.store.state.notifications[-1]
    with monkeypatch.context() as dying:
        dying.setattr(coin_changes, "refund", lambda *_: _die(None))
        assert market.tell(word) != []
    assert coins() == (100, 10, 0)
    later(minutes=3)
    market.settle()
    assert coins() == (50, 5, 0)
    assert market.tell(word) == []
    assert coins() == (50, 5, 0)


def test_the_bus_hears_of_a_refund_what_was_taken(market: Market, bus: Told) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.tell_all()
    market.shop.refund(bought, 50)
    market.tell_all()
    told = dict(bus())
    assert (told["purchase.refunded"]["share"], told["purchase.refunded"]["coins"]) == (50_000, 55)


def test_nothing_that_stays_carries_the_attribute_of_what_goes(google: Market, play: Play) -> None:
    google.claim(play.act("buy", product_id="coins_100", buyer=BUYER))
    google.claim(play.act("subscribe", product_id="vip", buyer=BUYER))
    google.claim(google.shop.buy(account_token=TOKEN).signed_transaction)
    google.claim(google.shop.subscribe(account_token=TOKEN).signed_transaction)
    google.push()
    google.tell_all()
    google.reconcile()
    goes = {one["sk"] for one in everything() if "expires_at" in one}
    assert {sk.split("#")[0] for sk in goes} == {"NOTE", "IDEMPOTENCY", "RUN"}
    assert "purchase" not in {one.get("due") for one in everything()}


def test_every_thing_to_do_is_known() -> None:
    assert set(after_commit.DO) == set(get_args(Todo))
