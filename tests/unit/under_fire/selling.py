"""What happens to packs in the stores, of which nobody here has heard yet."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import ids
from cliffhanger.purchases.store import OneTimePurchase, Store
from tests.unit.under_fire.packs import Bought
from tests.unit.under_fire.people import STAGES, Stage
from tests.unit.under_fire.play import PACKS, SHARE, STORE, WHICH, WHO, Play
from tests.unit.under_fire.stores import name

STAGE = st.sampled_from(STAGES)
PACK = st.sampled_from(["coins", "coins", "gems"])


class Selling(Play):
    """Packs are bought, given back, wholly or in part, and taken again."""

    @rule(who=WHO, store=STORE, quantity=st.integers(1, 3), stage=STAGE, product=PACK)
    def buy(self, who: int, store: Store, quantity: int, stage: Stage, product: str) -> None:
        self.tick()
        coins, bonus = PACKS[product]
        one = Bought(self.here[who], stage, coins * quantity, bonus * quantity, product)
        told = OneTimePurchase(
            store=store,
            environment=stage,
            product_id=self.called(product),
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
