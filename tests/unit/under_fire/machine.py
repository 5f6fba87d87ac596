"""Everything that can happen to money, in any order, on the real services."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from cliffhanger import clock, ids
from cliffhanger.entitlements import charging, rights
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import deletion, merging, viewers
from cliffhanger.identity.merging import MergeInput
from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.purchases import (
    notices,
    products,
    rechecking,
    reconcile,
    refunded_unlocks,
    reports,
    settling,
)
from cliffhanger.purchases.product_models import ProductInput
from cliffhanger.purchases.store import OneTimePurchase, Store, Subscription
from cliffhanger.wallet import balance, changes, grants, wallets
from cliffhanger.wallet.audit import audit
from cliffhanger.wallet.entries import Cause
from cliffhanger.wallet.errors import InsufficientCoins
from tests.unit.entitlements.test_machine import EPISODES, PRICE, drama
from tests.unit.under_fire.model import STAGES, Bought, Person, Plan, Stage, World
from tests.unit.under_fire.stores import Stores, Told, name

PACK, BONUS, WEEK = 30, 5, timedelta(days=7)
WHO, WHICH = st.integers(0, 1), st.integers(0, 99)
STORE = st.sampled_from(["apple", "google"])
SHARE = st.sampled_from([10_000, 50_000, 100_000])


class Money(RuleBasedStateMachine):
    """Two viewers. Words are lost, late, repeated and shuffled; a viewer joins the other, or goes.

    `about` has for each word of Apple's what it is about, and what it said of it.
    """

    unlocks_go = False

    @staticmethod
    def forget() -> None:
        """Empty the tables, where that is cheap. What a play writes is its own in any case."""

    @initialize()
    def begin(self) -> None:
        self.forget()
        self.patch = pytest.MonkeyPatch()
        self.stores, self.world = Stores(), World(unlocks_go=self.unlocks_go)
        self.patch.setattr(refunded_unlocks, "go", lambda: self.unlocks_go)
        self.stores.open(self.patch)
        self.patch.setattr(clock, "now", lambda: self.stores.now)
        self.patch.setattr(merging, "_guest_of", lambda sent: sent.guest_refresh_token)
        self.hints: set[str] = set()
        self.about: list[tuple[Bought | Plan, Any]] = []
        self.told: dict[int, Told] = {}
        self.manifest = drama()
        self.here = [self.new_viewer(), self.new_viewer()]
        for kind, made in (("coins", {"coins": PACK, "bonus_coins": BONUS}), ("vip", {})):
            ours = {"kind": kind, "apple_product_id": kind, "google_product_id": kind, **made}
            ours |= {"period": "P1W"} if kind == "vip" else {}
            products.put(kind, ProductInput.model_validate(ours))

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    def new_viewer(self) -> str:
        self.tick()
        viewer_id = ids.new("vwr")
        viewers.find(viewer_id, "US")
        self.world.people[viewer_id] = Person()
        return viewer_id

    def tick(self, by: timedelta = timedelta(seconds=1)) -> None:
        self.stores.now += by

    def key(self) -> IdempotencyKey:
        return IdempotencyKey.of(caller="x", operation="x", key=ids.new("key"), body="x")

    def say(self, about: Bought | Plan, told: Told) -> None:
        self.told[id(about)] = told
        self.stores.say(told)
        if told.store == "apple":
            self.about.append((about, _what(about)))

    def hear(self, about: Bought | Plan, what: Any, told_at: Any) -> None:
        if isinstance(about, Bought):
            self.world.hear_pack(about, what, told_at, self.stores.now)
        else:
            self.world.hear_plan(about, what, told_at)

    @rule(who=WHO, store=STORE, quantity=st.integers(1, 3), stage=st.sampled_from(STAGES))
    def buy(self, who: int, store: Store, quantity: int, stage: Stage) -> None:
        self.tick()
        one = Bought(self.here[who], stage, PACK * quantity, BONUS * quantity)
        told = OneTimePurchase(
            store=store,
            environment=stage,
            product_id="coins",
            viewer_id=one.buyer,
            purchased_at=self.stores.now,
            told_at=self.stores.now,
            transaction_id=ids.new("pack"),
            quantity=quantity,
            state="purchased",
            price_micros=4_990_000,
            currency="USD",
            storefront="US",
        )
        self.world.bought.append(one)
        self.say(one, told)

    @rule(who=WHO, store=STORE)
    def subscribe(self, who: int, store: Store) -> None:
        self.tick()
        one = Plan(self.here[who], True, self.stores.now + WEEK)
        line = ids.new("line")
        told = Subscription(
            store=store,
            environment="production",
            product_id="vip",
            viewer_id=one.buyer,
            purchased_at=self.stores.now,
            told_at=self.stores.now,
            line_id=line,
            period_id=f"{line}-0",
            state="active",
            expires_at=one.ends,
            auto_renews=True,
        )
        self.world.plans.append(one)
        self.say(one, told)

    @precondition(lambda self: self.world.bought)
    @rule(which=WHICH, share=SHARE, listed=st.booleans())
    def refund(self, which: int, share: int, listed: bool) -> None:
        """Google lists it only where the purchase went back too."""
        self.gives_back(which, share, listed)

    @precondition(lambda self: self.world.bought)
    @rule(which=WHICH)
    def reverse(self, which: int) -> None:
        self.gives_back(which, 0)

    def gives_back(self, which: int, share: int, listed: bool = True) -> None:
        self.tick()
        one = self.world.bought[which % len(self.world.bought)]
        one.share = share
        told = self.told[id(one)]
        self.say(one, told.model_copy(update={"refunded": share, "told_at": self.stores.now}))
        if told.store == "google" and listed:
            self.stores.voided.add(name(told))

    @precondition(lambda self: self.world.plans)
    @rule(which=WHICH, state=st.sampled_from(["active", "expired", "revoked"]))
    def goes_on(self, which: int, state: str) -> None:
        """It is renewed, or ends, or its money goes back."""
        self.tick()
        one = self.world.plans[which % len(self.world.plans)]
        told = self.told[id(one)]
        assert isinstance(told, Subscription)
        changes: dict[str, Any] = {"state": state, "told_at": self.stores.now}
        one.is_open = state == "active"
        if one.is_open:
            one.ends, one.period = self.stores.now + WEEK, one.period + 1
            period = f"{told.line_id}-{clock.iso(self.stores.now)}"
            changes |= {"purchased_at": self.stores.now, "period_id": period}
            changes |= {"expires_at": one.ends}
        elif state == "revoked" and told.store == "google":
            self.stores.voided.add(told.line_id)
        self.say(one, told.model_copy(update=changes))

    @precondition(lambda self: self.world.plans)
    @rule(which=WHICH, are_heard=st.booleans())
    def is_renewed_and_the_period_before_refunded(self, which: int, are_heard: bool) -> None:
        """Apple tells each of its own period, and may be heard the other way round."""
        one = self.world.plans[which % len(self.world.plans)]
        told, (period, _, ends) = self.told[id(one)], _what(one)
        if told.store == "google":
            return  # which says what the newest period is, whatever is asked
        self.goes_on(which, "active")
        self.tick()
        changes = {"state": "revoked", "refunded": 100_000, "told_at": self.stores.now}
        self.stores.tell(told.model_copy(update=changes))
        self.about.append((one, (period, False, ends)))
        for number in (len(self.about) - 1, len(self.about) - 2) if are_heard else ():
            self.hear_word(number)

    @precondition(lambda self: self.about)
    @rule(which=st.lists(WHICH, min_size=1, max_size=5))
    def hears_of_apple(self, which: list[int]) -> None:
        """Some words in any order, perhaps twice, perhaps heard long before."""
        for number in which:
            self.tick()
            self.hear_word(number % len(self.about))

    def hear_word(self, number: int) -> None:
        word = self.stores.words[number]
        notices.from_apple(word)
        self.hear(*self.about[number], word.signed_at)

    @precondition(lambda self: self.stores.google)
    @rule(which=WHICH, repeated=st.booleans())
    def hears_of_google(self, which: int, repeated: bool) -> None:
        self.tick()
        about, token = self.googles()[which % len(self.stores.google)]
        self.stores.hints += not repeated
        number = f"hint-{token}-{self.stores.hints}"
        first = number not in self.hints
        self.hints.add(number)
        self.stores.hint(token, number)
        if first:
            self.hear(about, _what(about), self.stores.now)

    def googles(self) -> list[tuple[Bought | Plan, str]]:
        every: list[Bought | Plan] = [*self.world.bought, *self.world.plans]
        return [
            (one, name(self.told[id(one)])) for one in every if self.told[id(one)].store == "google"
        ]

    @precondition(lambda self: self.told)
    @rule(which=WHICH)
    def claims(self, which: int) -> None:
        """The app sends what it got when it bought, or what Google's token is worth now."""
        self.tick()
        every: list[Bought | Plan] = [*self.world.bought, *self.world.plans]
        about = every[which % len(every)]
        viewer_id = self.world.who(about.buyer)
        store = self.told[id(about)].store
        sent = name(self.told[id(about)])
        if store == "apple":
            sent = str(next(n for n, (one, _) in enumerate(self.about) if one is about))
        if viewer_id in self.world.gone:
            with pytest.raises(ViewerDeleted):
                self.stores.claim(viewer_id, store, sent, self.key())
            return
        self.stores.claim(viewer_id, store, sent, self.key())
        if store == "apple":
            self.hear(*self.about[int(sent)], self.stores.words[int(sent)].signed_at)
        else:
            self.hear(about, _what(about), self.stores.now)

    @rule(who=WHO, coins=st.integers(1, 40), days=st.integers(1, 9))
    def promote(self, who: int, coins: int, days: int) -> None:
        self.tick()
        viewer_id, ends = self.here[who], self.stores.now + timedelta(days=days)
        cause = Cause("campaign", "welcome")
        changes.commit(
            lambda: (
                grants.promote(
                    wallets.read(viewer_id),
                    coins,
                    expires_at=ends,
                    cause=cause,
                    key="once",
                    now=self.stores.now,
                ),
                [],
            )
        )
        self.world.promote(viewer_id, coins, ends, self.stores.now)

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        self.tick(timedelta(days=days))

    @rule(who=WHO, slot=st.integers(1, EPISODES))
    def unlock(self, who: int, slot: int) -> None:
        self.tick()
        viewer_id = self.here[who]
        wanted = Wanted(manifest=self.manifest, episode=self.manifest.episodes[slot - 1])
        found: int | str = "poor"
        try:
            found = charging.charge(viewer_id, wanted).coins
        except InsufficientCoins:
            found = "poor"
        assert found == self.world.unlock(viewer_id, [slot], PRICE, self.stores.now)

    @rule(guest=WHO, again=st.booleans())
    def merge(self, guest: int, again: bool) -> None:
        self.tick()
        old, account = self.here[guest], self.here[1 - guest]
        if self.world.merges_into(old) + 1 >= viewers._MOST_MERGES:
            return  # nobody follows a longer way, and outside of plays an account joins no other
        sent, key = MergeInput(guest_refresh_token=old), self.key()
        for _ in range(1 + again):
            merging.merge(account, sent, key, None)
        for environment in STAGES:
            self.world.purse(old, environment, self.stores.now)
        self.world.join(old, account)
        self.here[guest] = self.new_viewer()

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        self.tick()
        for _ in range(2):
            deletion.delete(self.here[who])
        self.world.gone.add(self.here[who])
        self.here[who] = self.new_viewer()

    @rule()
    def sweep(self) -> None:
        self.tick(timedelta(minutes=20))
        assert settling.sweep()["failed"] == 0

    @rule(days=st.integers(1, 9))
    def recheck(self, days: int) -> None:
        """After some days stores are asked about what is due: what they say counts as heard."""
        self.tick(timedelta(days=days, hours=2))
        self.stores.asked_of.clear()
        report = rechecking.run()
        assert {one.problem for one in report.sources.values()} <= {None, reports.BEHIND}
        every: list[Bought | Plan] = [*self.world.bought, *self.world.plans]
        for about in every:
            if name(self.told[id(about)]) in self.stores.asked_of:
                self.hear(about, _what(about), self.stores.now)
        self.stores.asked_of.clear()
        assert [one.seen for one in rechecking.run().sources.values()] == [0, 0]
        assert self.stores.asked_of == []

    @rule()
    def reconcile(self) -> None:
        self.tick()
        report = reconcile.run()
        assert {one.problem for one in report.sources.values()} == {None}
        for number, word in enumerate(self.stores.words):
            self.hear(*self.about[number], word.signed_at)
        for about, token in self.googles():
            if token in self.stores.voided:
                self.hear(about, _what(about), self.stores.now)

    @invariant()
    def every_account_agrees_with_the_world(self) -> None:
        if not hasattr(self, "here"):
            return
        for viewer_id, person in self.world.people.items():
            for environment in STAGES:
                purse = self.world.purse(viewer_id, environment, self.stores.now)
                found = balance.read(viewer_id, environment)
                kinds = (purse.count("paid"), purse.count("bonus"), purse.count("promotional"))
                assert (found.paid, found.bonus) == (kinds[0], kinds[1] + kinds[2])
                assert found.debt == purse.debt
                assert audit(viewer_id, environment).faults == ()
            if viewer_id in self.world.gone:
                continue
            has, _ = rights.read(viewer_id, self.manifest.drama.id)
            is_vip = self.world.is_vip(viewer_id, self.stores.now)
            assert has.is_vip == is_vip
            opened = {one.slot for one in self.manifest.episodes if has.unlocks.opens(one.slot)}
            assert opened == person.owned

    @invariant()
    def who_has_joined_another_has_a_wallet_in_order(self) -> None:
        for viewer_id in getattr(self, "world", World()).joined:
            assert all(audit(viewer_id, one).faults == () for one in STAGES)


class UnlocksGo(Money):
    """The same where a stage closes what refunded coins have opened, which happens often here."""

    unlocks_go = True

    @rule(who=WHO, store=STORE, slots=st.sets(st.integers(3, EPISODES), max_size=6))
    def spree(self, who: int, store: Store, slots: set[int]) -> None:
        self.buy(who, store, 1, "production")
        self.claims(len(self.world.bought) - 1)
        for slot in slots:
            self.unlock(who, slot)

    @precondition(lambda self: self.world.bought)
    @rule(which=WHICH, share=st.sampled_from([0, 10_000, 30_000, 50_000, 100_000]))
    def gives_back_and_is_heard(self, which: int, share: int) -> None:
        self.gives_back(which, share)
        one = self.world.bought[which % len(self.world.bought)]
        told = self.told[id(one)]
        if told.store == "apple":
            self.hear_word(len(self.about) - 1)
            return
        token = name(told)
        self.stores.hints += 1
        self.hints.add(number := f"hint-{token}-{self.stores.hints}")
        self.stores.hint(token, number)
        self.hear(one, one.share, self.stores.now)


def _what(about: Bought | Plan) -> Any:
    if isinstance(about, Bought):
        return about.share
    return about.period, about.is_open, about.ends
