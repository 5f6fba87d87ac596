"""Everything that can happen to money, in any order, on the real services."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from cliffhanger.entitlements import rights
from cliffhanger.purchases.store import Store
from cliffhanger.wallet import balance
from cliffhanger.wallet.audit import audit
from tests.unit.entitlements.test_machine import EPISODES, FREE
from tests.unit.under_fire.hearing import Hearing
from tests.unit.under_fire.model import World
from tests.unit.under_fire.people import STAGES
from tests.unit.under_fire.play import STORE, WHICH, WHO
from tests.unit.under_fire.selling import Selling
from tests.unit.under_fire.stores import name
from tests.unit.under_fire.studio import Studio
from tests.unit.under_fire.viewing import Viewing

SLOTS = st.sets(st.integers(FREE + 1, EPISODES), max_size=4)


class Money(Selling, Hearing, Viewing, Studio):
    """Two viewers, both stores, and all that can become of what they have."""

    @rule(who=WHO, store=STORE, slots=SLOTS, whole=st.booleans())
    def spree(self, who: int, store: Store, slots: set[int], whole: bool) -> None:
        self.buy(who, store, 1, "production")
        self.claims(len(self.world.bought) - 1)
        for slot in slots:
            self.unlock(who, slot)
        if whole:
            self.unlock_whole(who, again=False)

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
