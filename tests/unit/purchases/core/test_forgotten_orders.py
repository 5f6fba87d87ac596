"""An order that Google has no more says nothing: what was given back of it stays given back."""

from collections.abc import Callable
from typing import Any

import pytest
from requests import Response

from cliffhanger import clock
from cliffhanger.purchases.google import session
from local.stores.google.records import Refund
from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, Market, coins, spend, the_purchase
from tests.unit.purchases.core.test_subscriptions import kept_periods, status

BUYER = {"account_id": ANNA}
Forget = Callable[[int], None]


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Forget:
    """Google answers every question about an order with a status; with 0 it knows them again."""
    call: Callable[..., Response] = session.call

    def begin(status: int) -> None:
        def answer(method: str, path: str, **more: Any) -> Response:
            if not status or not path.startswith("orders/"):
                return call(method, path, **more)
            refused = Response()
            refused.status_code = status
            return refused

        monkeypatch.setattr(session, "call", answer)

    return begin


def give_back(play: Play, parts: int) -> None:
    """One of some parts, by money: Google's answer about the purchase itself does not tell it."""
    with play.book.open() as state:
        (order,) = state.orders.values()
        order.refunds.append(Refund(at=clock.now(), micros=order.micros // parts))


def take_it_back(play: Play) -> None:
    with play.book.open() as state:
        (order,) = state.orders.values()
        order.refunds.clear()


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_part_that_was_given_back_stays_so_until_google_says_otherwise(
    google: Market, play: Play, forget: Forget, status: int
) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    google.claim(sent)
    spend(110)
    give_back(play, 2)
    google.claim(sent)
    assert coins() == (0, 0, 55)
    forget(status)
    google.claim(sent)
    google.push()
    assert (coins(), the_purchase().get("refunded", 0)) == ((0, 0, 55), 50_000)
    forget(0)
    take_it_back(play)
    google.claim(sent)
    assert (coins(), the_purchase().get("refunded", 0)) == ((0, 0, 0), 0)


def test_so_does_the_whole_of_it(google: Market, play: Play, forget: Forget) -> None:
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    google.claim(sent)
    give_back(play, 1)
    google.claim(sent)
    forget(404)
    assert google.claim(sent).body["purchase"]["state"] == "refunded"
    assert coins() == (0, 0, 0)
    forget(0)
    take_it_back(play)
    assert google.claim(sent).body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def test_a_pack_whose_order_is_nowhere_is_granted(
    google: Market, play: Play, forget: Forget
) -> None:
    forget(404)
    sent = play.act("buy", product_id="coins_100", buyer=BUYER)
    assert google.claim(sent).body["purchase"]["state"] == "granted"
    assert coins() == (100, 10, 0)


def test_a_period_keeps_what_was_paid_and_given_back_and_a_revoked_plan_its_state(
    google: Market, play: Play, forget: Forget
) -> None:
    sent = play.act("subscribe", product_id="vip", buyer=BUYER)
    play.act("renew", purchase_token=sent["purchase_token"])
    google.claim(sent)
    play.act("refund", purchase_token=sent["purchase_token"])
    google.push()
    (before,) = kept_periods()
    forget(410)
    google.claim(sent)
    (after,) = kept_periods()
    names = ("began_at", "price_micros", "currency", "refunded")
    assert [after[one] for one in names] == [before[one] for one in names]
    assert (after.get("refunded", 0), status()) == (100_000, (False, "revoked"))
