"""An Apple account that subscribes again: its line goes on, whoever is signed in by then."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.unit.under_fire.claiming import Claiming
from tests.unit.under_fire.hearing import Hearing
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import WHICH, WHO
from tests.unit.under_fire.subscribing import Subscribing


class Returning(Subscribing, Claiming, Hearing):
    """Whoever buys it again has it, and others have it by restoring it alone."""

    @precondition(lambda self: self.ended)
    @rule(which=WHICH, who=WHO, claimed=st.booleans(), heard=st.booleans())
    def subscribes_again(self, which: int, who: int, claimed: bool, heard: bool) -> None:
        """Of this too the store may be heard, or the app, or nobody yet."""
        self.tick()
        one = self.ended[which % len(self.ended)]
        one.buyer, one.is_open, one.following = self.here[who], True, None
        self.begins(one)
        if claimed:
            self.claims(self.everything.index(one), newest=True)
        if heard:
            self.is_heard_of(one)

    @property
    def ended(self) -> list[Plan]:
        every = [one for one in self.world.plans if not one.is_open and not one.is_shared]
        return [one for one in every if self.told[id(one)].store == "apple"]
