"""Plan changes: at once, as an upgrade or a crossgrade is, or at the renewal, as a downgrade is."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import ids
from tests.unit.under_fire.claiming import Claiming
from tests.unit.under_fire.hearing import Hearing
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import PLANS, WEEK, WHICH
from tests.unit.under_fire.stores import name
from tests.unit.under_fire.subscribing import Subscribing

HEARD = st.sampled_from([["new"], ["old", "new"], ["new", "old"], []])


class Changing(Subscribing, Claiming, Hearing):
    """Apple goes on with the same line, and Google with a new token that may name nobody."""

    @precondition(lambda self: self.going)
    @rule(which=WHICH, other=WHICH, at_once=st.booleans(), names=st.booleans(), heard=HEARD)
    def changes_plan(
        self, which: int, other: int, at_once: bool, names: bool, heard: list[str]
    ) -> None:
        """The end of what was before is told too, and either may be heard first."""
        self.tick()
        old = self.going[which % len(self.going)]
        others = [one for one in PLANS if one != old.product]
        to = others[other % len(others)]
        if self.told[id(old)].store == "google":
            new = self.goes_over(old, to if at_once else old.product, names=names)
            words = {"new": new, "old": old}
            for one in heard:
                self.is_heard_of(words[one])
        elif at_once:
            self.upgrades(old, to, heard)
            new = old
        else:
            self.say_again(old, {})
            new = old
        new.following = None if at_once else to
        if heard[:1] == ["new"] and not at_once:
            self.is_renewed_with_another_plan(self.world.plans.index(new), heard=True)

    @precondition(lambda self: any(one.following for one in self.world.plans))
    @rule(which=WHICH, heard=st.booleans())
    def is_renewed_with_another_plan(self, which: int, heard: bool) -> None:
        """What was chosen before takes over."""
        every = self.world.plans
        one = next(one for one in every[which % len(every) :] + every if one.following)
        self.goes_on(self.world.plans.index(one), "active")
        if heard:
            self.is_heard_of(one)

    def goes_over(self, old: Plan, product: str, *, names: bool) -> Plan:
        """Google's old token ends, and a new one goes on."""
        buyer = old.buyer if names else None
        ends = old.ends if product == old.product else self.stores.now + WEEK
        new = Plan(buyer, True, ends, product, replaces=old)
        line, told = ids.new("line"), self.told[id(old)]
        begun = {"viewer_id": buyer, "line_id": line, "period_id": f"{line}-0", "expires_at": ends}
        begun |= {
            "product_id": self.called(product),
            "purchased_at": self.stores.now,
            "replaces": name(told),
        }
        self.world.plans.append(new)
        self.say(new, told.model_copy(update=begun | {"told_at": self.stores.now}))
        old.is_open, old.ends, old.following = False, self.stores.now, None
        self.say_again(old, {"state": "expired", "expires_at": old.ends})
        return new

    def upgrades(self, one: Plan, product: str, heard: list[str]) -> None:
        """A period of Apple's is cut short, and another begins."""
        told, (period, _, _, before, buyer) = self.told[id(one)], one.said
        one.product = product
        self.begins(one)
        cut = {"state": "expired", "is_upgraded": True, "told_at": self.stores.now}
        self.stores.tell(told.model_copy(update=cut))
        self.about.append((one, (period, False, self.stores.now, before, buyer)))
        words = {"new": len(self.about) - 2, "old": len(self.about) - 1}
        for number in heard:
            self.hear_word(words[number])

    @property
    def going(self) -> list[Plan]:
        return [one for one in self.world.plans if one.is_open and not one.is_shared]
