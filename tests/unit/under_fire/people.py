"""Viewers by a child's reckoning: their coins are things, and each unlock keeps what paid for it.

Nothing of the code that is tested is called here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tests.unit.entitlements.dramas import EPISODES
from tests.unit.wallet.coins import Coin, Purse

Stage = Literal["production", "sandbox"]
STAGES: tuple[Stage, ...] = ("production", "sandbox")
EVERY = range(1, EPISODES + 1)


@dataclass(eq=False)
class Unlock:
    """A slot, or with None the whole drama; the coins that paid, and when: a number that grows."""

    slot: int | None
    coins: list[Coin]
    order: int


@dataclass
class Person:
    """Purses, and what has been unlocked with each."""

    purses: dict[Stage, Purse] = field(default_factory=lambda: {one: Purse() for one in STAGES})
    paid: dict[Stage, list[Unlock]] = field(default_factory=lambda: {one: [] for one in STAGES})

    @property
    def owned(self) -> set[int]:
        if self.has(None):
            return {*EVERY}
        return {one.slot for some in self.paid.values() for one in some if one.slot}

    def has(self, slot: int | None) -> bool:
        """Whether a slot is open, or with None the drama as a whole."""
        bought = {one.slot for some in self.paid.values() for one in some}
        return slot in bought or None in bought


@dataclass
class People:
    """Who is there, who has joined whom, and who is gone.

    `offers` has the products that the studio has set, and whether each is offered now.
    """

    people: dict[str, Person] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    offers: dict[str, bool] = field(default_factory=dict)
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

    def open(self, person: Person, environment: Stage, slot: int | None, coins: list[Coin]) -> None:
        person.paid[environment].append(Unlock(slot, coins, self.turn()))

    def turn(self) -> int:
        self.lots += 1
        return self.lots

    def join(self, guest: str, account: str) -> None:
        old, new = self.people.pop(guest), self.people[account]
        for environment in STAGES:
            new.purses[environment].merge(old.purses[environment])
            new.paid[environment] += old.paid[environment]
        self.joined[guest] = account

    def give(
        self,
        viewer_id: str,
        environment: Stage,
        coins: int,
        kind: str,
        ends: datetime | None,
        now: datetime,
    ) -> None:
        lot, until = self.lot(), int(ends.timestamp()) if ends else None
        self.purse(viewer_id, environment, now).give(Coin(lot, kind, until) for _ in range(coins))

    def correct(
        self,
        viewer_id: str,
        environment: Stage,
        coins: int,
        kind: str,
        ends: datetime | None,
        into_debt: bool,
        now: datetime,
    ) -> bool:
        """Give coins, or take them where there are as many, or where the rest may be owed."""
        if coins > 0:
            self.give(viewer_id, environment, coins, kind, ends, now)
            return True
        purse = self.purse(viewer_id, environment, now)
        if -coins > purse.count(kind) and not into_debt:
            return False
        purse.debt += -coins - len(purse.take(-coins, kind))
        return True
