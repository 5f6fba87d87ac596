"""What a store tells while a guest joins an account reaches the guest's coins."""

from collections.abc import Callable
from itertools import count, pairwise

import pytest

from cliffhanger import dynamo, ids
from cliffhanger.entitlements import unlocks
from cliffhanger.identity import joins, moving, viewers
from cliffhanger.purchases.apple.account_token import account_token
from local.stores.apple.outcome import Outcome
from tests.dynamo.backends import on_dict_and_local
from tests.unit.purchases.core.joining import Merging
from tests.unit.purchases.core.market import Market, coins, spend

Later = Callable[..., None]
pytestmark = on_dict_and_local
both = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


@both
def test_a_refund_takes_the_coins_and_leaves_no_debt(
    market: Market, pool: str, later: Later, after: bool
) -> None:
    bought: list[Outcome] = []

    def begun(guest: str) -> None:
        bought.append(market.shop.buy(account_token=account_token(guest)))
        market.tell_all()

    merging = Merging(market, begun)
    for _ in merging.each(after=after):
        market.tell(market.shop.refund(bought[-1]))
        later(minutes=5)
        market.settle()
        assert merging.coins() == (0, 0, 0)


@both
def test_a_reversal_lifts_the_debt(market: Market, pool: str, later: Later, after: bool) -> None:
    bought: list[Outcome] = []

    def begun(guest: str) -> None:
        bought.append(market.shop.buy(account_token=account_token(guest)))
        market.tell_all()
        spend(110, guest)
        market.tell(market.shop.refund(bought[-1]))
        assert coins(guest) == (0, 0, 110)

    merging = Merging(market, begun)
    for _ in merging.each(after=after):
        market.tell(market.shop.reverse(bought[-1]))
        later(minutes=5)
        market.settle()
        assert merging.coins() == (0, 0, 0)


@both
def test_what_was_held_is_granted_once(
    market: Market, pool: str, later: Later, after: bool
) -> None:
    names = (f"coins.new{n}" for n in count())
    bought: list[str] = []

    def begun(guest: str) -> None:
        bought.append(next(names))
        market.shop.buy(product_id=bought[-1], account_token=account_token(guest))
        market.tell_all()

    merging = Merging(market, begun)
    for died in merging.each(after=after):
        market.sell(f"new-{died}", kind="coins", coins=5, apple_product_id=bought[-1])
        for _ in range(2):
            later(minutes=20)
            market.settle()
        assert merging.coins() == (5, 0, 0)


@both
def test_nobody_has_to_send_it_again(market: Market, pool: str, later: Later, after: bool) -> None:
    drama = ids.new("drm")

    def begun(guest: str) -> None:
        market.shop.buy(account_token=account_token(guest))
        market.shop.subscribe(account_token=account_token(guest))
        market.tell_all()
        charge = unlocks.LastCharge(coins=1, environment="production", entry_id=ids.new("led"))
        before = unlocks.Unlocks(drama_id=drama)
        dynamo.write(unlocks.write(guest, before, before.after([1], charge, whole=False)))

    merging = Merging(market, begun)
    for _ in merging.each(after=after):
        later(minutes=5)
        assert market.settle()["not_moved"] == 0
        assert merging.coins() == (100, 10, 0)
        table, key = unlocks.place(merging.account, drama)
        assert unlocks.of_item(drama, dynamo.get(table, key)).opens(1)
        item = dynamo.get(*viewers.place(merging.guest), consistent=True)
        assert item
        assert "due" not in item


def test_the_refund_of_a_guest_finds_the_last_of_a_chain_of_accounts(
    market: Market, pool: str
) -> None:
    chain = [f"vwr_01JD0000000000000000{n:06d}" for n in range(joins.LONGEST_CHAIN + 2)]
    bought = market.shop.buy(account_token=account_token(chain[0]))
    market.tell_all()
    for one in chain:
        viewers.find(one, "US")
    *chain, beyond = chain
    for guest, account in pairwise(chain):
        joining = joins.joining(guest, account)
        assert joining
        dynamo.transact(*joining)
        moving.move(guest, account)
    assert joins.joining(chain[-1], beyond) is None, "nobody would find the way"
    assert market.claim(market.shop.signed(bought), viewer=chain[-1]).status == 200
    market.tell(market.shop.refund(bought))
    assert coins(chain[-1]) == (0, 0, 0)
