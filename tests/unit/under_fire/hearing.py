"""What is heard of the stores: by their words, by the app, and where somebody looks again."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.purchases import rechecking, reconcile, reports, settling
from tests.unit.under_fire.packs import Bought
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import WHICH, Play, what
from tests.unit.under_fire.stores import name


class Hearing(Play):
    """Words are lost, late, repeated and shuffled, and the sweeps find what was missed."""

    @precondition(lambda self: self.about)
    @rule(which=st.lists(WHICH, min_size=1, max_size=5))
    def hears_of_apple(self, which: list[int]) -> None:
        """Some words in any order, perhaps twice, perhaps heard long before."""
        for number in which:
            self.tick()
            self.hear_word(number % len(self.about))

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
            self.hear(about, what(about), self.stores.now)

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
            self.hear(about, what(about), self.stores.now)

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
                self.hear(about, what(about), self.stores.now)
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
                self.hear(about, what(about), self.stores.now)
