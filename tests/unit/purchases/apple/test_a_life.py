"""Whatever happens to a customer's purchases, what Apple says of them adds up."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cliffhanger import settings as stage
from cliffhanger.purchases.apple.notifications import AppleNotification, read_notification
from cliffhanger.purchases.store import OneTimePurchase, Subscription
from local.stores.apple.chain import make
from local.stores.apple.errors import StoreError
from local.stores.apple.outcome import Outcome
from tests.unit.local_apple.shop import Shop, open_shop
from tests.unit.purchases.apple.app import variables

CHAIN = make()
STATUS = {1: "active", 2: "expired", 3: "billing_retry", 4: "grace", 5: "revoked"}


class Life(RuleBasedStateMachine):
    """One customer with coin packs and one subscription, and a server that reads every word."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.environment = mock.patch.dict(os.environ, variables(CHAIN))
        self.environment.start()
        stage._loaded.cache_clear()
        self.shop: Shop = open_shop(Path(self.folder.name), CHAIN)
        self.coins: list[Outcome] = []
        self.vip: Outcome | None = None
        self.refunded: dict[str, int] = {}
        self.read: list[AppleNotification] = []

    def teardown(self) -> None:
        self.environment.stop()
        stage._loaded.cache_clear()
        self.folder.cleanup()

    @rule(quantity=st.integers(1, 10))
    def buys_coins(self, quantity: int) -> None:
        self.coins.append(self.shop.buy(quantity=quantity))

    @precondition(lambda self: self.coins)
    @rule(which=st.integers(0, 99), share=st.integers(1, 100))
    def has_coins_refunded(self, which: int, share: int) -> None:
        one = self.coins[which % len(self.coins)]
        self.shop.refund(one, share)
        self.refunded[one.transaction_id] = share * 1000

    @precondition(lambda self: self.refunded)
    @rule(which=st.integers(0, 99))
    def wins_a_refund_back(self, which: int) -> None:
        one = sorted(self.refunded)[which % len(self.refunded)]
        self.shop.reverse(next(bought for bought in self.coins if bought.transaction_id == one))
        del self.refunded[one]

    @rule()
    def subscribes(self) -> None:
        self._if_possible(lambda: setattr(self, "vip", self.shop.subscribe()))

    @precondition(lambda self: self.vip)
    @rule(what=st.sampled_from(["renew", "cancel", "expire", "fail", "refund", "reverse"]))
    def goes_on(self, what: str) -> None:
        self._if_possible(lambda: getattr(self.shop, what)(self.vip))

    @precondition(lambda self: self.vip)
    @rule(days=st.integers(1, 28))
    def has_no_money(self, days: int) -> None:
        assert self.vip
        vip = self.vip
        self._if_possible(lambda: self.shop.fail(vip, grace_days=days))

    @precondition(lambda self: self.vip)
    @rule(way=st.sampled_from(["upgrade", "downgrade"]))
    def changes_the_plan(self, way: str) -> None:
        assert self.vip
        vip = self.vip
        self._if_possible(lambda: self.shop.change(vip, f"vip.{way}", way))

    @rule(days=st.integers(0, 40))
    def lets_time_pass(self, days: int) -> None:
        self.shop.courier.advance(days * 86_400)

    @invariant()
    def every_word_is_understood(self) -> None:
        said = self.shop.store.state.notifications
        fresh = [read_notification(one.signed_payload) for one in said[len(self.read) :]]
        self.read += fresh
        for before, after in zip(self.read, self.read[1:], strict=False):
            assert after.signed_at > before.signed_at
        assert len({one.uuid for one in self.read}) == len(self.read)

    @invariant()
    def the_last_word_on_a_pack_is_what_is_left_of_it(self) -> None:
        told = [one.told for one in self.read]
        last = {one.transaction_id: one for one in told if isinstance(one, OneTimePurchase)}
        assert {key: one.refunded for key, one in last.items() if one.refunded} == self.refunded
        assert set(last) == {one.transaction_id for one in self.coins}

    @invariant()
    def the_last_word_on_a_period_is_its_state_in_the_store(self) -> None:
        if self.vip is None:
            return
        line = self.shop.line(self.vip)
        told = [one.told for one in self.read]
        periods = {one.period_id: one for one in told if isinstance(one, Subscription)}
        newest = periods[line.latest]
        assert newest.line_id == line.id
        assert newest.state == STATUS[self.shop.store.status(line)]
        assert len({one.line_id for one in periods.values()}) == 1

    def _if_possible(self, work: Callable[[], object]) -> None:
        try:
            work()
        except StoreError:
            assert self.shop.store.state.notifications


Life.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

TestLife = Life.TestCase
