"""A renewal of Apple's that was charged hours before it begins, and what happens in these hours."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from cliffhanger import aws, clock, dynamo
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import viewers
from local.stores.apple.records import Notification
from tests.dynamo.clients import Fast, store
from tests.unit.local_apple.open import Address
from tests.unit.purchases.core.conftest import sold
from tests.unit.purchases.core.happenings import about
from tests.unit.purchases.core.market import ANNA, TOKEN, VIP, Market
from tests.unit.purchases.core.test_subscriptions import kept_periods, status, the_line

Later = Callable[..., None]
ONE = "drm_01JD0000000000000000000009"
"""The only drama that the lesser plan opens."""


@pytest.fixture(autouse=True)
def plans(market: Market) -> None:
    market.sell("vip-plus", kind="vip", period="P1Y", **sold(None, "vip.plus"))
    market.sell("vip-less", kind="vip", period="P1W", opens=[ONE], **sold(None, "vip.less"))


@pytest.fixture
def week(market: Market) -> Any:
    """A week that runs."""
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    return bought


def charged(market: Market, week: Any) -> Notification:
    """The word of the next period, which begins when the week ends."""
    ends = market.shop.transaction(week).expires_at
    market.shop.renew(week)
    with market.shop.store.changing() as state:
        state.transactions[market.shop.line(week).latest].purchased_at = ends or 0
        state.notifications.pop()
    return about(market.shop, week, "DID_RENEW")


def newest(market: Market, week: Any) -> Any:
    return week.model_copy(update={"transaction_id": market.shop.line(week).latest})


def upgrade(market: Market, week: Any) -> Notification:
    return market.shop.change(week, "vip.plus", "upgrade", "P1Y")


def opened() -> list[tuple[str, ...] | None]:
    """The dramas that the subscription opens now."""
    found = vip_status.best(
        vip.lines(dynamo.get(*viewers.place(ANNA), consistent=True)), clock.now()
    )
    return [None if found.drama_ids is None else tuple(found.drama_ids)] if found.active else []


def test_a_better_plan_that_is_bought_before_it_begins_takes_over(
    market: Market, week: Any
) -> None:
    market.tell(charged(market, week))
    market.tell(upgrade(market, week))
    assert (the_line()["product_id"], status()) == ("vip-plus", (True, "active"))


@pytest.mark.parametrize("days", [0, 9])
def test_and_goes_on_when_what_was_charged_ahead_is_given_back(
    market: Market, week: Any, later: Later, days: int
) -> None:
    market.tell(charged(market, week))
    ahead = newest(market, week)
    market.tell(upgrade(market, week))
    later(days=days)
    market.shop.store.state.clock_offset += days * 86_400_000
    market.tell(market.shop.refund(ahead))
    assert (the_line()["product_id"], status()) == ("vip-plus", (True, "active"))
    assert sorted(one["refunded"] for one in kept_periods()) == [0, 0, 100_000]


def test_in_whatever_order_their_words_come_apple_says_which_is_the_newest(
    market: Market, apple: Address, week: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = market.shop.store.state.notifications[0]
    renewed, ahead = charged(market, week), newest(market, week)
    words = [first, renewed, upgrade(market, week), market.shop.refund(ahead)]
    for order in permutations(words):
        tables = Fast(store())
        monkeypatch.setattr(aws, "dynamodb", lambda tables=tables: tables)
        market.sell("vip-week", kind="vip", period="P1W", **sold(None, VIP))
        market.sell("vip-plus", kind="vip", period="P1Y", **sold(None, "vip.plus"))
        market.tell(*order)
        told = [one.type for one in order]
        assert (the_line()["product_id"], status()) == ("vip-plus", (True, "active")), told


def test_a_claim_opens_a_better_plan_of_which_no_word_was_heard(
    market: Market, apple: Address, week: Any
) -> None:
    market.tell(charged(market, week))
    ahead = newest(market, week)
    upgrade(market, week)
    market.tell(market.shop.refund(ahead))
    answer = market.claim(market.shop.signed(newest(market, week)))
    assert answer.body["purchase"]["product_id"] == "vip-plus"
    assert status() == (True, "active")


def test_what_runs_goes_on_to_its_end_when_what_was_charged_ahead_is_given_back(
    market: Market, week: Any, later: Later
) -> None:
    market.tell(charged(market, week))
    refund = market.shop.refund(newest(market, week))
    market.tell(refund)
    assert status() == (True, "active")
    later(days=7, minutes=1)
    assert status() == (False, "expired")


def test_and_what_was_charged_ahead_begins_when_that_is_reversed(
    market: Market, week: Any, later: Later
) -> None:
    market.tell(charged(market, week))
    refund = market.shop.refund(newest(market, week))
    reversed_ = market.shop.reverse(newest(market, week))
    market.tell(reversed_)
    market.tell(refund)
    later(days=7, minutes=1)
    assert status() == (True, "active")


def test_a_lesser_plan_that_was_charged_ahead_begins_when_the_better_one_ends(
    market: Market, week: Any, later: Later
) -> None:
    market.shop.change(week, "vip.less", "downgrade")
    market.tell(charged(market, week))
    assert opened() == [None]
    later(days=7, minutes=1)
    assert opened() == [(ONE,)]
    later(days=7)
    assert (opened(), status()) == ([], (False, "expired"))


def test_so_it_does_where_the_better_one_is_heard_of_afterwards(
    market: Market, later: Later
) -> None:
    week = market.shop.subscribe(account_token=TOKEN)
    market.shop.change(week, "vip.less", "downgrade")
    market.tell(charged(market, week))
    market.tell_all()
    assert opened() == [None]
    later(days=7, minutes=1)
    assert opened() == [(ONE,)]


def test_the_better_one_ends_at_once_when_it_is_given_back(market: Market, week: Any) -> None:
    market.shop.change(week, "vip.less", "downgrade")
    market.tell(charged(market, week))
    market.tell(market.shop.refund(week))
    assert opened() == [(ONE,)]


def test_a_word_that_comes_once_it_has_begun_ends_what_ran_before(
    market: Market, week: Any, later: Later
) -> None:
    market.tell(charged(market, week))
    later(days=7, hours=1)
    market.shop.store.state.clock_offset += 7 * 86_400_000 + 3_600_000
    market.tell(market.shop.refund(newest(market, week)))
    assert status() == (False, "revoked")
