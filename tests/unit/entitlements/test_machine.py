"""Whatever is bought, unlocked, subscribed to and raced for: each episode is paid for once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cliffhanger import aws, clock, dynamo, events, ids
from cliffhanger.entitlements import charging, rights
from cliffhanger.entitlements.errors import EpisodeLocked
from cliffhanger.entitlements.wanted import Unlock, Wanted
from cliffhanger.errors import IdempotencyKeyReused
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import viewers
from cliffhanger.purchases.store import Environment
from cliffhanger.wallet import ledger
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.errors import InsufficientCoins
from tests.unit.entitlements.dramas import DISCOUNT, FREE, PRICE, drama
from tests.unit.entitlements.memory_tables import Tables
from tests.unit.entitlements.owning import line
from tests.unit.wallet.wallet_steps import buy

EPISODES = 20  # so many that nobody has them all soon
ENVIRONMENTS: tuple[Environment, ...] = ("production", "sandbox")
SLOT = st.integers(1, EPISODES)
WANTED = st.one_of(SLOT, SLOT, st.none())  # None is the whole drama
WISH = st.sampled_from(["coins", "coins", "none", None])
KEY = st.sampled_from([*"abcdef", None])


@dataclass
class Shelf:
    """What a viewer has, as a child would keep it."""

    coins: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENVIRONMENTS, 0))
    owned: set[int] = field(default_factory=set)
    is_vip: bool = False
    is_auto: bool = False
    charges: int = 0
    last: tuple[str | None, object, int] = (None, None, 0)
    paid_for: dict[str, list[tuple[str, object]]] = field(
        default_factory=lambda: {one: [] for one in ENVIRONMENTS}
    )

    def access(self, slot: int) -> str:
        if slot <= FREE:
            return "free"
        return "unlocked" if slot in self.owned else "vip" if self.is_vip else "locked"

    def unlock(self, slot: int | None, wish: str | None, key: str | None) -> int | str:
        """What it costs, or why it is refused."""
        request = (slot, wish)
        if key is not None and self.last[0] == key:
            return self.last[2] if self.last[1] == request else "reused"
        some = range(1, EPISODES + 1) if slot is None else [slot]
        locked = [one for one in some if self.access(one) == "locked"]
        if not locked:
            return 0
        if any(key == known and request != its for known, its in self.remembered()):
            return "reused"
        if wish == "none" or (wish is None and not self.is_auto):
            return "locked"
        price = PRICE * len(locked)
        if slot is None:
            price = max(1, price * (100 - DISCOUNT) // 100)
        payer = next((one for one in ENVIRONMENTS if self.coins[one] >= price), None)
        if payer is None:
            return "poor"
        self.coins[payer] -= price
        self.owned.update(locked)
        self.charges += 1
        self.last = (key, request, price)
        if key is not None:
            self.paid_for[payer].append((key, request))
        return price

    def remembered(self) -> list[tuple[str, object]]:
        """The keys of each wallet's four latest charges that came with one."""
        return [one for paid_for in self.paid_for.values() for one in paid_for[-4:]]


REFUSALS = {EpisodeLocked: "locked", InsufficientCoins: "poor", IdempotencyKeyReused: "reused"}


class Viewer(RuleBasedStateMachine):
    @initialize(coins=st.sampled_from([0, 20, 40]))
    def begin(self, coins: int) -> None:
        self.viewer_id = ids.new("vwr")
        self.manifest = drama(EPISODES)
        self.shelf = Shelf()
        self.told: list[events.EpisodeUnlocked] = []
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(events, "publish", self.told.append)
        for environment in ENVIRONMENTS if coins else ():
            self.buy(coins, environment)

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    @property
    def tables(self) -> Tables:
        found = aws.dynamodb()
        assert isinstance(found, Tables)
        return found

    def charge(self, slot: int | None, wish: Unlock | None, key: str | None) -> int | str:
        wish = "coins" if slot is None else wish
        sent = None
        if key:
            body = f"{slot} {wish}"
            sent = IdempotencyKey.of(caller=self.viewer_id, operation="x", key=key, body=body)
        episode = self.manifest.episodes[slot - 1] if slot else None
        wanted = Wanted(manifest=self.manifest, episode=episode, unlock=wish, key=sent)
        try:
            return charging.charge(self.viewer_id, wanted).coins
        except tuple(REFUSALS) as refused:
            return REFUSALS[type(refused)]

    def expected(self, slot: int | None, wish: str | None, key: str | None) -> int | str:
        return self.shelf.unlock(slot, "coins" if slot is None else wish, key)

    @rule(coins=st.integers(1, 30), environment=st.sampled_from(ENVIRONMENTS))
    def buy(self, coins: int, environment: Environment) -> None:
        buy(coins, viewer_id=self.viewer_id, environment=environment)
        self.shelf.coins[environment] += coins

    @rule(slot=WANTED, wish=WISH, key=KEY)
    def unlock(self, slot: int | None, wish: Unlock | None, key: str | None) -> None:
        assert self.charge(slot, wish, key) == self.expected(slot, wish, key)

    @rule(slot=WANTED, key=KEY, rival=WANTED, rivals_key=KEY)
    def race(
        self, slot: int | None, key: str | None, rival: int | None, rivals_key: str | None
    ) -> None:
        """The rival comes between the last read and the write, if it comes to a write at all."""

        def between() -> None:
            found = self.charge(rival, "coins", rivals_key)
            assert found == self.expected(rival, "coins", rivals_key)

        with interleaved(between):
            found = self.charge(slot, "coins", key)
        assert found == self.expected(slot, "coins", key)

    @rule(slot=SLOT)
    def vip_comes_while_an_episode_is_being_unlocked(self, slot: int) -> None:
        """It is another item, so the charge may stand: it was decided before."""
        before = self.shelf.is_vip
        with interleaved(lambda: self.subscribe(True)):
            found = self.charge(slot, "coins", None)
        after, self.shelf.is_vip = self.shelf.is_vip, before
        assert found == self.expected(slot, "coins", None)
        self.shelf.is_vip = after

    @rule(wanted=st.booleans())
    def subscribe(self, wanted: bool) -> None:
        ends = clock.now() + timedelta(days=1 if wanted else -1)
        one = line(expires_at=ends).model_dump(mode="json")
        _, at = viewers.place(self.viewer_id)
        self.tables.set(at["pk"], at["sk"], line_1=one)
        self.shelf.is_vip = wanted

    @rule(wanted=st.booleans())
    def set_auto_unlock(self, wanted: bool) -> None:
        self.tables.set(self.viewer_id, "VIEWER", auto_unlock=wanted)
        self.shelf.is_auto = wanted

    @invariant()
    def everybody_sees_what_was_paid_for(self) -> None:
        has, _ = rights.read(self.viewer_id, self.manifest.drama.id)
        for episode in self.manifest.episodes:
            assert has.access(self.manifest, episode) == self.shelf.access(episode.slot)

    @invariant()
    def the_books_agree(self) -> None:
        unlocked = 0
        for environment in ENVIRONMENTS:
            found = audit(self.viewer_id, environment)
            assert found.faults == ()
            entries = list(ledger.every(self.viewer_id, environment))
            unlocked += sum(entry.kind == "unlock" for entry in entries)
            balance = sum(entry.postings.get("paid", 0) for entry in entries)
            assert balance == self.shelf.coins[environment]
        assert unlocked == self.shelf.charges
        assert len({event.id for event in self.told}) == unlocked


class interleaved:  # noqa: N801 - reads as a word of the test
    """Does something once, before the first transaction inside."""

    def __init__(self, rival: Callable[[], Any]) -> None:
        self.rival = rival
        self.transact = dynamo.transact

    def __enter__(self) -> None:
        def raced(*writes: dynamo.Write) -> None:
            self.__exit__()
            self.rival()
            self.transact(*writes)

        dynamo.transact = raced

    def __exit__(self, *_: object) -> None:
        dynamo.transact = self.transact


def test_each_episode_is_paid_for_once(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables()
    monkeypatch.setattr(aws, "dynamodb", lambda: tables)
    run_state_machine_as_test(
        Viewer,
        settings=settings(
            max_examples=200,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
