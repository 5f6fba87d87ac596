"""Everything that can happen to money, in any order, on the real services."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from cliffhanger import dynamo
from cliffhanger.entitlements import rights, vip
from cliffhanger.identity import viewers
from cliffhanger.purchases.store import Store
from cliffhanger.wallet import balance, books, ledger, wallets
from tests.unit.entitlements.dramas import EPISODES, FREE
from tests.unit.under_fire.claiming import POLICY
from tests.unit.under_fire.family import Family
from tests.unit.under_fire.people import STAGES, Stage
from tests.unit.under_fire.plans import Policy
from tests.unit.under_fire.play import SHARE, STORE, WHICH, WHO
from tests.unit.under_fire.returning import Returning
from tests.unit.under_fire.stores import name
from tests.unit.under_fire.viewing import Viewing
from tests.unit.under_fire.waiting import Waiting

SPREES = st.sampled_from([*STAGES, "production"])
SLOTS = st.sets(st.integers(FREE + 1, EPISODES), max_size=4)


class Money(Waiting, Family, Returning, Viewing):
    """Two viewers, both stores, and all that can become of what they have."""

    @rule(who=WHO, store=STORE, stage=SPREES, slots=SLOTS, whole=st.booleans())
    def spree(self, who: int, store: Store, stage: Stage, slots: set[int], whole: bool) -> None:
        self.buy(who, store, 1, stage, "coins")
        self.claims(len(self.world.bought) - 1)
        for slot in slots:
            self.unlock(who, slot)
        if whole:
            self.unlock_whole(who, again=False)

    @rule(who=WHO, store=STORE, joins=st.booleans(), policy=POLICY, as_guest=st.booleans())
    def move(self, who: int, store: Store, joins: bool, policy: Policy, as_guest: bool) -> None:
        """What one has subscribed to, and perhaps taken along to an account, another restores."""
        self.subscribe(who, store, "vip")
        last = len(self.everything) - 1
        self.claims(last)
        if joins:
            self.merge(who, again=False)
        self.restores(who if joins else 1 - who, [last], False, policy, as_guest)
        self.is_heard_of(self.everything[last])

    @invariant()
    def the_books_agree_and_each_purchase_is_granted_once(self) -> None:
        """Of whoever has joined another, too."""
        if not hasattr(self, "here"):
            return
        granted = Counter[str]()
        for viewer_id in (*self.world.people, *self.world.joined):
            for environment in STAGES:
                wallet = wallets.whole(wallets.stored(viewer_id, environment))
                entries = list(ledger.every(viewer_id, environment))
                assert list(books.faults(wallet, entries)) == []
                granted.update(one.cause.id for one in entries if one.kind == "purchase")
        assert set(granted.values()) <= {1}
        assert granted.total() == sum(one.pack is not None for one in self.world.bought)

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
            self.has_the_subscriptions(viewer_id)
            if viewer_id in self.world.gone:
                continue
            has, _ = rights.read(viewer_id, self.manifest.drama.id)
            assert has.is_vip == self.world.is_vip(viewer_id, self.stores.now)
            opened = {one.slot for one in self.manifest.episodes if has.unlocks.opens(one.slot)}
            assert opened == person.owned

    def has_the_subscriptions(self, viewer_id: str) -> None:
        now = self.stores.now
        item = dynamo.get(*viewers.place(viewer_id), consistent=True)
        found = {
            key: (one.product_id, one.expires_at)
            for key, one in vip.keyed(item)
            if one.is_active(now)
        }
        expected = {
            vip.line_key(told.store, told.environment, name(told)): (self.called(product), ends)
            for one, product, ends in self.world.running(viewer_id, now)
            for told in [self.told[id(one)]]
        }
        assert found == expected


class UnlocksGo(Money):
    """The same where a stage closes what refunded coins have opened, which happens often here."""

    unlocks_go = True

    @precondition(lambda self: self.world.bought)
    @rule(which=WHICH, share=st.sampled_from([0, 10_000, 30_000, 50_000, 100_000]))
    def gives_back_and_is_heard(self, which: int, share: int) -> None:
        self.gives_back(which, share)
        self.is_heard_of(self.world.bought[which % len(self.world.bought)])

    @rule(who=WHO, store=STORE, slots=SLOTS, whole=st.booleans(), share=SHARE, back=st.booleans())
    def regret(
        self, who: int, store: Store, slots: set[int], whole: bool, share: int, back: bool
    ) -> None:
        """A spree is refunded at once, and perhaps paid for after all."""
        self.spree(who, store, "production", slots, whole)
        pack = len(self.world.bought) - 1
        self.gives_back_and_is_heard(pack, share)
        if back:
            self.gives_back_and_is_heard(pack, 0)
