"""Apple's families: a member has a subscription of their own, which names nobody."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import ids
from cliffhanger.purchases.store import Subscription
from tests.unit.under_fire.claiming import Claiming
from tests.unit.under_fire.hearing import Hearing
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import WHICH, WHO


class Family(Claiming, Hearing):
    """Who claims a shared subscription first has it, until the family shares it no more."""

    @precondition(lambda self: self.sharable)
    @rule(which=WHICH, who=WHO, heard=st.booleans(), claimed=st.booleans(), left=st.booleans())
    def shares(self, which: int, who: int, heard: bool, claimed: bool, left: bool) -> None:
        """A member is let in, of which their store tells; they may claim it, and may leave."""
        self.tick()
        owner = self.sharable[which % len(self.sharable)]
        line, one = ids.new("line"), Plan(None, True, owner.ends, owner.product, is_shared=True)
        told = self.told[id(owner)].model_copy(
            update={
                "viewer_id": None,
                "is_family_shared": True,
                "purchased_at": self.stores.now,
                "told_at": self.stores.now,
                "line_id": line,
                "period_id": f"{line}-0",
            }
        )
        self.world.plans.append(one)
        self.say(one, told)
        if heard:
            self.is_heard_of(one)
        if claimed:
            self.claims(len(self.everything) - 1, who)
        if left:
            self.is_shared_no_more(len(self.shared) - 1, heard or claimed)

    @precondition(lambda self: self.shared)
    @rule(which=WHICH, heard=st.booleans())
    def is_shared_no_more(self, which: int, heard: bool) -> None:
        """A member leaves, or the owner stops sharing: what the owner has goes on."""
        self.tick()
        one = self.shared[which % len(self.shared)]
        one.is_open, one.ends = False, min(one.ends, self.stores.now)
        changes = {"state": "revoked", "expires_at": one.ends, "told_at": self.stores.now}
        self.say(one, self.told[id(one)].model_copy(update=changes))
        if heard:
            self.is_heard_of(one)

    @property
    def sharable(self) -> list[Plan]:
        return [one for one in self.world.plans if self.is_apples(one) and not one.is_shared]

    @property
    def shared(self) -> list[Plan]:
        return [one for one in self.world.plans if one.is_shared and one.is_open]

    def is_apples(self, one: Plan) -> bool:
        told = self.told[id(one)]
        assert isinstance(told, Subscription)
        return told.store == "apple" and told.state == "active"
