"""What the world should be, by a child's reckoning: packs, subscriptions, and what they open."""

from dataclasses import dataclass
from datetime import datetime

from tests.unit.under_fire.packs import Packs
from tests.unit.under_fire.people import STAGES
from tests.unit.under_fire.plans import Plans


@dataclass
class World(Packs, Plans):
    """All of it."""

    def unlock(self, viewer_id: str, some: list[int], price: int, now: datetime) -> int | str:
        """What it costs to have these open, or that there is too little."""
        person = self.people[viewer_id]
        locked = [] if self.is_vip(viewer_id, now) else [one for one in some if one > 2]
        locked = [one for one in locked if one not in person.owned]
        cost = price * len(locked)
        if not cost:
            return 0
        for environment in STAGES:
            purse = self.purse(viewer_id, environment, now)
            if len(purse.coins) >= cost:
                for slot in locked:
                    coins = purse.take(price, "promotional", "bonus", "paid")
                    self.open(person, environment, slot, coins)
                return cost
        return "poor"
