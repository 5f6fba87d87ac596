"""What a guest has paid for costs nothing again while the guest joins an account."""

from collections.abc import Callable

import pytest

from cliffhanger.playback.keyring import Keyring, new_key, save_keyring
from cliffhanger.purchases.apple.account_token import account_token
from tests.dynamo.backends import on_dict_and_local
from tests.unit.playback.viewing import season
from tests.unit.purchases.core.joining import Merging
from tests.unit.purchases.core.market import Market
from tests.unit.purchases.core.test_refunded_unlocks import watch

PRICE = 30
Later = Callable[..., None]
pytestmark = on_dict_and_local


@pytest.fixture(autouse=True)
def keys(stage: None) -> None:
    save_keyring("keys", Keyring(keys=[new_key()]))


@pytest.mark.parametrize("asks", ["account", "guest"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_at_every_step_of_a_merge_an_episode_is_paid_for_once(
    market: Market, pool: str, later: Later, after: bool, asks: str
) -> None:
    drama = season(3, free_episodes=1, episode_price=PRICE)

    def begun(guest: str) -> None:
        market.shop.buy(account_token=account_token(guest))
        market.tell_all()
        assert watch(drama[1], viewer=guest).body["charged"] == PRICE

    merging = Merging(market, begun)
    for _ in merging.each(after=after):
        who = getattr(merging, asks)
        assert watch(drama[1], "none", who).status == 200
        assert watch(drama[1], viewer=who).body["charged"] == 0
        assert watch(drama[2], viewer=who).body["charged"] == PRICE, "with the guest's coins"
        later(minutes=5)
        assert market.settle()["not_moved"] == 0
        assert sum(merging.coins()) == 110 - 2 * PRICE
        for one in drama:
            assert watch(one, viewer=merging.account).body["charged"] == 0
