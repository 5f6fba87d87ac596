"""What the world should be, by a child's reckoning: packs, subscriptions, and what they open."""

from dataclasses import dataclass
from datetime import datetime

from tests.unit.entitlements.dramas import DISCOUNT, FREE, PRICE
from tests.unit.under_fire.packs import Packs
from tests.unit.under_fire.people import EVERY, STAGES
from tests.unit.under_fire.plans import Plans


@dataclass
class World(Packs, Plans):
    """All of it."""

    def unlock(self, viewer_id: str, slot: int | None, now: datetime) -> int | str:
        """What it costs to have a slot open, or with None all of them; or that there is too little.

        Whoever has VIP has nothing locked.
        """
        person = self.people[viewer_id]
        some = [one for one in ([slot] if slot else EVERY) if one > FREE]
        locked = [one for one in some if one not in person.owned]
        if self.is_vip(viewer_id, now) or not locked:
            return 0
        cost = PRICE * len(locked)
        if slot is None:
            cost = max(1, cost * (100 - DISCOUNT) // 100)
        for environment in STAGES:
            purse = self.purse(viewer_id, environment, now)
            if len(purse.coins) >= cost:
                coins = purse.take(cost, "promotional", "bonus", "paid")
                self.open(person, environment, slot, coins)
                return cost
        return "poor"
