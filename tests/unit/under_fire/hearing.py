"""What is heard of the stores: by their words, by the app, and where somebody looks again."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger.purchases import rechecking, reconcile, reports, settling
from tests.unit.under_fire.packs import Bought
from tests.unit.under_fire.play import WHICH, Play, Thing
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
            self.hear(about, about.said, self.stores.now)

    def is_heard_of(self, about: Thing) -> None:
        """What a store told last is heard."""
        told = self.told[id(about)]
        if told.store == "apple":
            newest = max(number for number, (one, _) in enumerate(self.about) if one is about)
            return self.hear_word(newest)
        self.stores.hints += 1
        self.hints.add(number := f"hint-{name(told)}-{self.stores.hints}")
        self.stores.hint(name(told), number)
        self.hear(about, about.said, self.stores.now)
        return None

    @rule()
    def sweep(self) -> None:
        """What waits for its product is looked at, and granted where that is offered by now.

        Google is asked first. Of what waits as long, either may come first.
        """
        self.tick(timedelta(minutes=20))
        self.stores.due.clear()
        failed = settling.sweep()["failed"]
        known = {name(self.told[id(one)]): one for one in self.everything}
        assert {each for each, one in known.items() if one.waits} <= {*self.stores.due}
        assert failed <= len({*self.stores.due} - {*known}), "but of what another play has left"
        for about in (known[one] for one in self.stores.due if one in known):
            if about.waits:
                self.look_again(about)

    def look_again(self, about: Thing) -> None:
        if self.told[id(about)].store == "google":
            self.hear(about, about.said, self.stores.now)
        elif isinstance(about, Bought):
            self.world.look_at_pack(about, self.stores.now)
        else:
            self.world.look_at_plan(about)

    @rule(days=st.integers(1, 9))
    def recheck(self, days: int) -> None:
        """After some days stores are asked about what is due: what they say counts as heard."""
        self.tick(timedelta(days=days, hours=2))
        self.stores.asked_of.clear()
        report = rechecking.run()
        assert {one.problem for one in report.sources.values()} <= {None, reports.BEHIND}
        for about in self.everything:
            if name(self.told[id(about)]) in self.stores.asked_of:
                self.hear(about, about.said, self.stores.now)
        self.stores.asked_of.clear()
        assert [one.seen for one in rechecking.run().sources.values()] == [0, 0]
        assert self.stores.asked_of == []

    @rule()
    def reconcile(self) -> None:
        self.tick()
        report = reconcile.run()
        assert {one.problem for one in report.sources.values()} == {None}
        for number, _ in enumerate(self.stores.words):
            self.heard(number)
        for about, token in self.googles():
            if token in self.stores.voided:
                self.hear(about, about.said, self.stores.now)
