"""A play: two viewers, a drama, both stores, and what everybody was told until now."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from cliffhanger import clock, ids
from cliffhanger.catalog import manifest
from cliffhanger.idempotency import IdempotencyKey
from cliffhanger.identity import merging, viewers
from cliffhanger.purchases import notices, products, refunded_unlocks
from cliffhanger.purchases.product_models import ProductInput
from tests.unit.entitlements.dramas import drama
from tests.unit.under_fire.model import World
from tests.unit.under_fire.packs import Bought
from tests.unit.under_fire.people import Person
from tests.unit.under_fire.plans import OPENS, Plan, Policy
from tests.unit.under_fire.stores import Stores, Told, name

PACKS, WEEK = {"coins": (30, 5), "gems": (12, 3)}, timedelta(days=7)
WHO, WHICH = st.integers(0, 1), st.integers(0, 99)
PLANS = ["vip", "vip_other", "vip_new"]
LATER = st.sampled_from(["gems", "vip_new"])
"""The products that the studio sets after the stores have begun to sell them."""
PLAN = st.sampled_from(PLANS)
STORE = st.sampled_from(["apple", "google"])
SHARE = st.sampled_from([10_000, 50_000, 100_000])

Thing = Bought | Plan


class Play(RuleBasedStateMachine):
    """What each rule finds.

    `about` has for each word of Apple's what it is about, and what it said of it; `words` those
    that were heard, and `hints` Google's.
    """

    unlocks_go = False

    @staticmethod
    def forget() -> None:
        """Empty the tables, where that is cheap. What a play writes is its own in any case."""

    @initialize()
    def begin(self) -> None:
        self.forget()
        self.patch = pytest.MonkeyPatch()
        self.stores, self.world = Stores(), World(unlocks_go=self.unlocks_go)
        self.patch.setattr(refunded_unlocks, "go", lambda: self.unlocks_go)
        self.stores.open(self.patch)
        self.patch.setattr(clock, "now", lambda: self.stores.now)
        self.patch.setattr(merging, "_guest_of", lambda sent: sent.guest_refresh_token)
        self.hints, self.words = set[str](), set[int]()
        self.about: list[tuple[Thing, Any]] = []
        self.told: dict[int, Told] = {}
        self.manifest = drama()
        self.patch.setattr(manifest, "of_head", lambda *_: self.manifest)
        self.here = [self.new_viewer(), self.new_viewer()]
        self.own = self.stores.new_id("own").rpartition("_")[2].lower()
        for product in ("coins", "vip", "vip_other"):
            self.set(product, active=True)

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    def set(self, product: str, *, active: bool) -> None:
        """Set a product of the studio's, which offers it or does not."""
        name = self.called(product)
        wanted: dict[str, Any] = {"apple_product_id": name, "google_product_id": name}
        if product in PACKS:
            coins, bonus = PACKS[product]
            wanted |= {"kind": "coins", "coins": coins, "bonus_coins": bonus}
        else:
            wanted |= {"kind": "vip", "period": "P1W"}
            wanted |= {} if product in OPENS else {"opens": [ids.new("drm")]}
        products.put(name, ProductInput.model_validate(wanted | {"active": active}))
        self.world.offers[product] = active

    def called(self, product: str) -> str:
        """What all call a product. What is set late is new in each play, whatever tables keep."""
        return f"{product}-{self.own}" if product in {"gems", "vip_new"} else product

    def new_viewer(self) -> str:
        self.tick()
        viewer_id = ids.new("vwr")
        viewers.find(viewer_id, "US")
        self.world.people[viewer_id] = Person()
        return viewer_id

    def tick(self, by: timedelta = timedelta(seconds=1)) -> None:
        self.stores.now += by

    def key(self) -> IdempotencyKey:
        return IdempotencyKey.of(caller="x", operation="x", key=ids.new("key"), body="x")

    @property
    def everything(self) -> list[Thing]:
        return [*self.world.bought, *self.world.plans]

    def say(self, about: Thing, told: Told) -> None:
        self.told[id(about)] = told
        self.stores.say(told)
        if told.store == "apple":
            self.about.append((about, about.said))

    def hear(
        self,
        about: Thing,
        said: Any,
        told_at: Any,
        *,
        by: str | None = None,
        policy: Policy | None = None,
    ) -> bool:
        """Whether it is heard: `by` sends it, or else its store tells it; `policy` of a restore."""
        if isinstance(about, Bought):
            return self.world.hear_pack(about, said, told_at, self.stores.now, by)
        return self.world.hear_plan(about, said, told_at, by, policy)

    def hear_word(self, number: int) -> None:
        word = self.stores.words[number]
        notices.from_apple(word)
        self.heard(number)

    def heard(self, number: int) -> None:
        """A word counts once, however often it comes."""
        if number not in self.words:
            self.words.add(number)
            self.hear(*self.about[number], self.stores.words[number].signed_at)

    def googles(self) -> list[tuple[Thing, str]]:
        every = [(one, self.told[id(one)]) for one in self.everything]
        return [(one, name(told)) for one, told in every if told.store == "google"]
