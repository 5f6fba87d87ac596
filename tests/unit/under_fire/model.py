"""What the world should be, by a child's reckoning: coins are things, and the newest word counts.

Nothing of the code that is tested is called here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tests.unit.wallet.coins import Coin, Pack, Purse

Stage = Literal["production", "sandbox"]
STAGES: tuple[Stage, ...] = ("production", "sandbox")
WHOLE = 100_000


@dataclass(eq=False)
class Bought:
    """A coin pack: its buyer, the share that the store gave back by now, and what was heard."""

    buyer: str
    environment: Stage
    paid: int
    bonus: int
    share: int = 0
    heard_at: datetime | None = None
    heard: int = 0
    pack: Pack | None = None


@dataclass(eq=False)
class Plan:
    """A subscription: what the store has, and the newest of it that was heard."""

    buyer: str
    is_open: bool
    ends: datetime
    heard_at: datetime | None = None
    heard: tuple[bool, datetime] | None = None


@dataclass
class Person:
    purses: dict[Stage, Purse] = field(default_factory=lambda: {one: Purse() for one in STAGES})
    owned: set[int] = field(default_factory=set)


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    bought: list[Bought] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    lots: int = 0

    def who(self, viewer_id: str) -> str:
        while viewer_id in self.joined:
            viewer_id = self.joined[viewer_id]
        return viewer_id

    def merges_into(self, viewer_id: str) -> int:
        """How often somebody was merged before they were this viewer, at the most."""
        came_from = [one for one, into in self.joined.items() if into == viewer_id]
        return max((1 + self.merges_into(one) for one in came_from), default=0)

    def purse(self, viewer_id: str, environment: Stage, now: datetime) -> Purse:
        found = self.people[self.who(viewer_id)].purses[environment]
        found.expire(int(now.timestamp()))
        return found

    def lot(self) -> str:
        self.lots += 1
        return f"lot_{self.lots:06d}"

    def promote(self, viewer_id: str, coins: int, ends: datetime, now: datetime) -> None:
        lot, until = self.lot(), int(ends.timestamp())
        came = [Coin(lot, "promotional", until) for _ in range(coins)]
        self.purse(viewer_id, "production", now).give(came)

    def hear_pack(self, one: Bought, share: int, told_at: datetime, now: datetime) -> None:
        """A word says which share the store had given back when it was told."""
        if one.heard_at is not None and told_at < one.heard_at:
            return
        one.heard_at = told_at
        purse = self.purse(one.buyer, one.environment, now)
        if one.pack is None:
            if share == WHOLE:
                return
            one.pack = Pack(self.lot(), one.paid, one.bonus)
            came = [Coin(one.pack.id, "paid") for _ in range(one.paid)]
            purse.give([*came, *(Coin(one.pack.id, "bonus") for _ in range(one.bonus))])
        if share > one.heard:
            purse.refund(one.pack, share)
        elif share < one.heard:
            purse.reverse(one.pack, share, int(now.timestamp()))
        one.heard = share

    def hear_plan(self, one: Plan, state: tuple[bool, datetime], told_at: datetime) -> None:
        if one.heard_at is None or told_at >= one.heard_at:
            one.heard_at, one.heard = told_at, state

    def is_vip(self, viewer_id: str, now: datetime) -> bool:
        mine = [one for one in self.plans if self.who(one.buyer) == self.who(viewer_id)]
        return any(one.heard and one.heard[0] and one.heard[1] > now for one in mine)

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
                purse.take(cost, "promotional", "bonus", "paid")
                person.owned.update(locked)
                return cost
        return "poor"

    def join(self, guest: str, account: str) -> None:
        old, new = self.people.pop(guest), self.people[account]
        for environment in STAGES:
            new.purses[environment].merge(old.purses[environment])
        new.owned |= old.owned
        self.joined[guest] = account
