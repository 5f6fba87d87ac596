"""A quantity that makes no sense grants nothing, also where a store itself has signed it."""

import pytest

from tests.unit.local_google.running import Play
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, coins, everything

NONSENSE = pytest.mark.parametrize("quantity", [-5, -1, 0, 1_001, 10**9, 2**63])


def require_nothing_granted() -> None:
    assert coins() == (0, 0, 0)
    assert [one for one in everything() if one["pk"].startswith("BUY#")] == []


@NONSENSE
def test_apples_is_refused_by_the_claim_and_at_the_door(market: Market, quantity: int) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.transaction(bought).quantity = quantity
    answer = market.claim(market.shop.signed(bought))
    assert (answer.status, answer.body["code"]) == (422, "purchase_not_verified")
    (told,) = market.ring(market.shop.refund(bought))
    assert (told.status, told.body["code"]) == (422, "purchase_not_verified")
    require_nothing_granted()


@NONSENSE
def test_googles_is_refused(google: Market, play: Play, quantity: int) -> None:
    sent = play.act("buy", product_id="coins_100", buyer={"account_id": ANNA})
    with play.book.open() as state:
        state.one_time[sent["purchase_token"]].quantity = quantity
    answer = google.claim(sent)
    assert (answer.status, answer.body["code"]) == (422, "purchase_not_verified")
    require_nothing_granted()


@pytest.mark.parametrize("quantity", [1, 10, 1_000])
def test_what_can_be_sold_is_granted_in_full(market: Market, quantity: int) -> None:
    bought = market.shop.buy(account_token=TOKEN)
    market.shop.transaction(bought).quantity = quantity
    assert market.claim(market.shop.signed(bought)).status == 200
    assert coins() == (100 * quantity, 10 * quantity, 0)
