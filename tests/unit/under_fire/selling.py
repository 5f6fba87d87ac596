"""What happens in the stores, of which nobody here has heard yet."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import clock, ids
from cliffhanger.purchases.store import OneTimePurchase, Store, Subscription
from tests.unit.under_fire.packs import Bought
from tests.unit.under_fire.people import STAGES, Stage
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import BONUS, PACK, SHARE, STORE, WEEK, WHICH, WHO, Play
from tests.unit.under_fire.stores import name


class Selling(Play):
    """Packs and subscriptions are bought, given back, renewed and ended."""

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
        told, (period, _, ends) = self.told[id(one)], one.said
        if told.store == "google":
            return  # which says what the newest period is, whatever is asked
        self.goes_on(which, "active")
        self.tick()
        changes = {"state": "revoked", "refunded": 100_000, "told_at": self.stores.now}
        self.stores.tell(told.model_copy(update=changes))
        self.about.append((one, (period, False, ends)))
        for number in (len(self.about) - 1, len(self.about) - 2) if are_heard else ():
            self.hear_word(number)
