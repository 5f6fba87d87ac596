"""What happens to subscriptions in the stores, of which nobody here has heard yet."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger import clock, ids
from cliffhanger.purchases.store import Store, Subscription
from tests.unit.under_fire.plans import Plan
from tests.unit.under_fire.play import STORE, WEEK, WHICH, WHO, Play


class Subscribing(Play):
    """Subscriptions begin, are renewed, end, and go back."""

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
