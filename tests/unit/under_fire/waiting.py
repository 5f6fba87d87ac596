"""What is bought before the studio offers it, which is rare by chance and has much before it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger.purchases.store import Store
from tests.unit.under_fire.changing import Changing
from tests.unit.under_fire.play import STORE, WHO
from tests.unit.under_fire.selling import Selling
from tests.unit.under_fire.studio import Studio

THEN = st.sampled_from(["sweep", "claim", "word"])
ENDS = st.sampled_from([None, "expired", "revoked"])


class Waiting(Selling, Changing, Studio):
    """It is held, and what becomes of it meanwhile counts once its product is offered."""

    @rule(who=WHO, store=STORE, share=st.sampled_from([0, 10_000, 50_000, 100_000]), then=THEN)
    def waits_for_a_pack(self, who: int, store: Store, share: int, then: str) -> None:
        """The word of the purchase may come after that of its refund, and grant the rest."""
        if "gems" in self.world.offers:
            self.offers("gems", active=False, swept=False)
        self.buy(who, store, 1, "production", "gems")
        pack, number = len(self.world.bought) - 1, len(self.about) - 1
        self.claims(pack)
        if share:
            self.gives_back(pack, share)
            self.is_heard_of(self.world.bought[pack])
        self.offers("gems", active=True, swept=then == "sweep")
        if then == "claim":
            self.claims(pack)
        elif then == "word" and store == "apple":
            self.hear_word(number)

    @precondition(lambda self: "vip_new" not in self.world.offers)
    @rule(who=WHO, store=STORE, changes=st.booleans(), ends=ENDS, then=THEN)
    def waits_for_a_plan(
        self, who: int, store: Store, changes: bool, ends: str | None, then: str
    ) -> None:
        """Whoever had another plan has it until the new one opens, or ends."""
        self.subscribe(who, store, "vip" if changes else "vip_new")
        self.claims(len(self.everything) - 1)
        if changes:
            self.changes_plan(len(self.going) - 1, 1, at_once=True, names=True, heard=["new"])
        plan = len(self.world.plans) - 1
        if ends:
            self.goes_on(plan, ends)
            self.is_heard_of(self.world.plans[plan])
        elif then != "word":
            self.offers("vip_new", active=True, swept=then == "sweep")
            if then == "claim":
                self.claims(len(self.everything) - 1)
