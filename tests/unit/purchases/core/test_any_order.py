"""Invariant 10: what Apple told of a subscription makes the same of it, in any order of arrival."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cliffhanger import aws, ids
from cliffhanger.purchases import notices, products
from cliffhanger.purchases.apple.account_token import account_token
from cliffhanger.purchases.apple.notifications import AppleNotification, read_notification
from cliffhanger.purchases.product_models import ProductInput
from local.stores.apple.chain import Chain
from local.stores.apple.errors import StoreError
from tests.dynamo.clients import Fast, store
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.purchases.core.market import BORIS, TOKEN, VIP, Market
from tests.unit.purchases.core.test_subscriptions import kept_periods, status, the_line

PLUS = "vip.plus"
PASSING = {"id", "version", "heard", "due", "due_at", "request_id", "transfers"}


@pytest.fixture
def words(market: Market) -> list[AppleNotification]:
    """A subscription with a renewal and an upgrade, whose first period was refunded for a while."""
    bought = market.shop.subscribe(account_token=TOKEN)
    market.shop.renew(bought)
    market.shop.refund(bought)
    market.shop.reverse(bought)
    market.shop.change(bought, PLUS, "upgrade")
    return told(market.shop)


def told(shop: Shop) -> list[AppleNotification]:
    every = shop.store.state.notifications
    return [read_notification(one.signed_payload) for one in every]


def heard(words: Sequence[AppleNotification], patch: pytest.MonkeyPatch) -> Any:
    """What is known of the subscription when these were heard, one after the other."""
    tables = Fast(store())
    patch.setattr(aws, "dynamodb", lambda: tables)
    for slug, sold in (("vip-week", VIP), ("vip-plus", PLUS)):
        ours = {"kind": "vip", "apple_product_id": sold, "period": "P1W"}
        products.put(slug, ProductInput.model_validate(ours))
    for word in words:
        notices.from_apple(word)
    line = {name: one for name, one in the_line().items() if name not in PASSING}
    return status(), line, sorted(kept_periods(), key=lambda one: str(one["sk"]))


def test_the_refund_of_a_period_that_is_heard_before_the_renewal_ends_nothing(
    market: Market,
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    renewed = market.shop.renew(bought)
    market.tell(market.shop.refund(bought))
    market.tell(renewed)
    assert status() == (True, "active")
    assert sorted(one["refunded"] for one in kept_periods()) == [0, 100_000]


@pytest.mark.parametrize("count", [3, 4, 5])
def test_every_order_of_a_renewal_a_refund_of_the_period_before_and_an_upgrade_ends_alike(
    words: list[AppleNotification], monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    words = words[:count]
    expected = heard(words, monkeypatch)
    assert expected[0] == (True, "active")
    assert expected[1]["product_id"] == ("vip-plus" if count == 5 else "vip-week")
    for order in permutations(words):
        assert heard(order, monkeypatch) == expected, [one.type for one in order]


def test_what_was_lost_is_repaired_by_the_history_though_an_old_refund_was_heard(
    market: Market, apple: object
) -> None:
    bought = market.shop.subscribe(account_token=TOKEN)
    market.tell_all()
    market.shop.renew(bought)
    market.tell(market.shop.refund(bought))
    assert status() == (False, "revoked")
    market.reconcile()
    assert status() == (True, "active")


HAPPENINGS = st.sampled_from(
    [
        "renew",
        "cancel",
        "fail",
        "grace",
        "up",
        "down",
        "refund",
        "refund_old",
        "reverse",
        "expire",
        "again",
    ]
)


@given(happened=st.lists(HAPPENINGS, min_size=3, max_size=7), at=st.randoms(use_true_random=False))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_life_of_a_subscription_ends_alike_in_any_order(
    market: Market, chain: Chain, tmp_path: Path, happened: list[str], at: Any
) -> None:
    shop = open_shop(tmp_path / ids.new("shop"), chain)
    bought = shop.subscribe(account_token=TOKEN)
    for one in happened:
        latest = bought.model_copy(update={"transaction_id": shop.line(bought).latest})
        plan = {"up": (PLUS, "upgrade"), "down": (VIP, "downgrade")}.get(one)
        try:
            if one == "again":
                shop.subscribe(account_token=account_token(BORIS), customer=TOKEN)
            elif plan:
                shop.change(bought, *plan)
            elif one == "grace":
                shop.fail(bought, grace_days=6)
            else:
                about = latest if one == "refund" else bought
                getattr(shop, one.removesuffix("_old"))(about)
        except StoreError:
            continue  # nothing like that can happen to it now
    words = told(shop)
    with pytest.MonkeyPatch.context() as patch:
        expected = heard(words, patch)
        for _ in range(8):
            at.shuffle(words)
            assert heard(words, patch) == expected, [one.type for one in words]
