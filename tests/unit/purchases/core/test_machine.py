"""Whatever buyers, stores and queues do, every purchase counts once and the books are in order.

The model knows nothing of records, lots or versions: a pack is what the store says of it, a wallet
is the sum of its packs less what was spent, and VIP is the newest word about the newest period.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from moto import mock_aws

from cliffhanger import aws, clock, dynamo, tables
from cliffhanger import settings as stage
from cliffhanger.entitlements import vip, vip_status
from cliffhanger.identity import viewers
from cliffhanger.wallet import audit, balance
from cliffhanger.wallet.errors import InsufficientCoins
from local.stores.apple.chain import make
from local.stores.apple.errors import StoreError
from local.stores.apple.outcome import Outcome
from local.stores.apple.records import Notification
from tests.unit.conftest import STAGE, _create
from tests.unit.local_apple.shop import open_shop
from tests.unit.purchases.apple.app import variables
from tests.unit.purchases.core.market import ANNA, TOKEN, Market, spend

CHAIN = make()
PACK, BONUS = 100, 10
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/notices.fifo"


@dataclass
class Pack:
    """A pack as its buyer would tell of it."""

    bought: Outcome
    quantity: int
    said: list[tuple[int, bool]]  # the shares that the store has said, and whether each was heard

    @property
    def heard(self) -> int | None:
        """The share of the newest word that was heard; None when none was."""
        return next((share for share, was_heard in reversed(self.said) if was_heard), None)


class Trade(RuleBasedStateMachine):
    """Anna buys packs and a week of VIP; words about them are lost, late, repeated, shuffled."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        told = {**STAGE, **keys, "AWS_DEFAULT_REGION": "us-east-1", **variables(CHAIN)}
        self.environment = mock.patch.dict(
            os.environ, told | {"CLIFFHANGER_NOTIFICATIONS_QUEUE_URL": QUEUE}
        )
        self.environment.start()
        self.cloud = mock_aws()
        self.cloud.start()
        stage._loaded.cache_clear()
        attributes: Any = {"FifoQueue": "true", "VisibilityTimeout": "0"}
        aws.sqs().create_queue(QueueName="notices.fifo", Attributes=attributes)
        for spec in tables.TABLES:
            _create(spec)
        aws.events().create_event_bus(Name="bus")
        self.market = Market(open_shop(Path(self.folder.name), CHAIN), QUEUE)
        self.market.sell(
            "coins-100", kind="coins", coins=PACK, bonus_coins=BONUS, apple_product_id="coins.100"
        )
        self.market.sell("vip-week", kind="vip", period="P1W", apple_product_id="vip.weekly")
        self.packs: list[Pack] = []
        self.words: list[tuple[Notification, Pack | None, int]] = []
        self.plan: Outcome | None = None
        self.states: list[tuple[str, bool]] = []
        self.spent = 0

    def teardown(self) -> None:
        if hasattr(self, "cloud"):
            self.environment.stop()
            self.cloud.stop()
            stage._loaded.cache_clear()
            self.folder.cleanup()

    @rule(quantity=st.integers(1, 3))
    def buys_a_pack(self, quantity: int) -> None:
        bought = self.market.shop.buy(account_token=TOKEN, quantity=quantity)
        self.packs.append(pack := Pack(bought, quantity, []))
        self._said(pack, 0)

    def _said(self, pack: Pack, share: int) -> None:
        pack.said.append((share, False))
        word = self.market.shop.store.state.notifications[-1]
        self.words.append((word, pack, len(pack.said) - 1))

    @precondition(lambda self: self.packs)
    @rule(which=st.integers(0, 99))
    def claims(self, which: int) -> None:
        pack = self.packs[which % len(self.packs)]
        assert self.market.claim(pack.bought.signed_transaction).status == 200
        pack.said[0] = (pack.said[0][0], True)  # what the app sends was signed when it was bought

    @precondition(lambda self: self.packs)
    @rule(which=st.integers(0, 99), share=st.sampled_from([10, 50, 100]))
    def is_refunded(self, which: int, share: int) -> None:
        pack = self.packs[which % len(self.packs)]
        self.market.shop.refund(pack.bought, share)
        self._said(pack, share * 1000)

    @precondition(lambda self: self.packs)
    @rule(which=st.integers(0, 99))
    def wins_a_dispute(self, which: int) -> None:
        pack = self.packs[which % len(self.packs)]
        if self._if_possible(lambda: self.market.shop.reverse(pack.bought)):
            self._said(pack, 0)

    @precondition(lambda self: self.words)
    @rule(which=st.lists(st.integers(0, 99), min_size=1, max_size=4))
    def hears(self, which: list[int]) -> None:
        """Some words in any order, perhaps one of them twice, perhaps heard long before."""
        for number in which:
            self._hear(number % len(self.words))

    @precondition(lambda self: self.words)
    @rule()
    def hears_the_last_ones_the_newest_first(self) -> None:
        for number in reversed(range(max(0, len(self.words) - 3), len(self.words))):
            self._hear(number)

    def _hear(self, number: int) -> None:
        word, pack, place = self.words[number]
        assert self.market.tell(word) == []
        if pack:
            pack.said[place] = (pack.said[place][0], True)
        else:
            self.states[place] = (self.states[place][0], True)

    @rule(coins=st.integers(1, 250))
    def unlocks(self, coins: int) -> None:
        try:
            spend(coins)
        except InsufficientCoins:
            assert self._worth() < coins
        else:
            self.spent += coins

    @precondition(lambda self: self.plan is None)
    @rule()
    def subscribes(self) -> None:
        self.plan = self.market.shop.subscribe(account_token=TOKEN)
        self._became("active")

    def _became(self, state: str) -> None:
        self.states.append((state, False))
        word = self.market.shop.store.state.notifications[-1]
        self.words.append((word, None, len(self.states) - 1))

    @precondition(lambda self: self.plan)
    @rule(what=st.sampled_from([("renew", "active"), ("cancel", "active"), ("expire", "expired")]))
    def goes_on(self, what: tuple[str, str]) -> None:
        name, state = what
        if self._if_possible(lambda: getattr(self.market.shop, name)(self.plan)):
            self._became(state)

    @precondition(lambda self: self.plan)
    @rule()
    def has_its_period_refunded(self) -> None:
        assert self.plan
        latest = self.market.shop.line(self.plan).latest
        period = self.plan.model_copy(update={"transaction_id": latest})
        if self._if_possible(lambda: self.market.shop.refund(period)):
            self._became("revoked")

    @rule()
    def is_swept(self) -> None:
        assert self.market.settle()["failed"] == 0

    def _if_possible(self, work: Callable[[], Any]) -> bool:
        try:
            work()
        except StoreError:
            return False
        return True

    def _worth(self) -> int:
        """What is Anna's by all that was heard: her packs less their refunds and what she spent."""
        return (
            sum(
                kept * pack.quantity - kept * pack.quantity * pack.heard // 100_000
                for pack in self.packs
                if pack.heard is not None
                for kept in (PACK + BONUS,)
            )
            - self.spent
        )

    @invariant()
    def her_coins_are_what_she_bought_less_what_went_back_and_what_she_spent(self) -> None:
        if hasattr(self, "market"):
            found = balance.read(ANNA)
            assert found.paid + found.bonus - found.debt == self._worth()
            assert audit.audit(ANNA).faults == ()

    @invariant()
    def her_vip_is_the_newest_word_that_was_heard(self) -> None:
        if not hasattr(self, "market"):
            return
        heard = [state for state, was_heard in self.states if was_heard]
        item = dynamo.get(*viewers.place(ANNA), consistent=True)
        assert vip_status.best(vip.lines(item), clock.now()).state == (heard[-1] if heard else None)


Trade.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

TestTrade = Trade.TestCase
