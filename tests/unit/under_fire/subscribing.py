"""What happens to subscriptions in the stores, of which nobody here has heard yet."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import clock, ids
from cliffhanger.purchases.store import Store, Subscription
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import PLAN, STORE, WEEK, WHICH, WHO, Play
from tests.unit.under_fire.stores import name


class Subscribing(Play):
    """Subscriptions begin, are renewed, end, and go back."""

    @rule(who=WHO, store=STORE, product=PLAN)
    def subscribe(self, who: int, store: Store, product: str) -> None:
        self.tick()
        one = Plan(self.here[who], True, self.stores.now + WEEK, product)
        line = ids.new("line")
        told = Subscription(
            store=store,
            environment="production",
            product_id=self.called(product),
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

    @precondition(lambda self: self.world.plans)
    @rule(which=WHICH, state=st.sampled_from(["active", "expired", "revoked"]))
    def goes_on(self, which: int, state: str) -> None:
        """It is renewed, or ends, or its money goes back."""
        self.tick()
        one = self.world.plans[which % len(self.world.plans)]
        one.is_open = state == "active"
        if one.is_open:
            one.product, one.following = one.following or one.product, None
            self.begins(one)
            return
        told = self.told[id(one)]
        if state == "revoked" and told.store == "google":
            self.stores.voided.add(name(told))
        self.say_again(one, {"state": state})

    def begins(self, one: Plan) -> None:
        """Its next period."""
        one.ends, one.period = self.stores.now + WEEK, one.period + 1
        period = f"{name(self.told[id(one)])}-{clock.iso(self.stores.now)}"
        begun = {"purchased_at": self.stores.now, "period_id": period, "expires_at": one.ends}
        begun |= {"viewer_id": one.buyer}
        self.say_again(one, begun | {"state": "active", "product_id": self.called(one.product)})

    def say_again(self, one: Plan, changes: dict[str, Any]) -> None:
        told = self.told[id(one)]
        self.say(one, told.model_copy(update=changes | {"told_at": self.stores.now}))

    @precondition(lambda self: self.world.plans)
    @rule(which=WHICH, are_heard=st.booleans())
    def is_renewed_and_the_period_before_refunded(self, which: int, are_heard: bool) -> None:
        """Apple tells each of its own period, and may be heard the other way round."""
        one = self.world.plans[which % len(self.world.plans)]
        told, (period, _, ends, *rest) = self.told[id(one)], one.said
        if told.store == "google":
            return  # which says what the newest period is, whatever is asked
        self.goes_on(which, "active")
        self.tick()
        changes = {"state": "revoked", "refunded": 100_000, "told_at": self.stores.now}
        self.stores.tell(told.model_copy(update=changes))
        self.about.append((one, (period, False, ends, *rest)))
        for number in (len(self.about) - 1, len(self.about) - 2) if are_heard else ():
            self.hear_word(number)
