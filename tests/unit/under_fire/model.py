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
class Unlock:
    """A slot, the coins that paid for it, and when: a number that grows."""

    slot: int
    coins: list[Coin]
    order: int


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
    undone: list[Unlock] = field(default_factory=list)


@dataclass(eq=False)
class Plan:
    """A subscription: the period that its store has, and the newest of it that was heard.

    `heard_at` is the number of that period, and when its store told this.
    """

    buyer: str
    is_open: bool
    ends: datetime
    period: int = 0
    heard_at: tuple[int, datetime] | None = None
    heard: tuple[bool, datetime] | None = None


@dataclass
class Person:
    """Purses, and what has been unlocked with each."""

    purses: dict[Stage, Purse] = field(default_factory=lambda: {one: Purse() for one in STAGES})
    paid: dict[Stage, list[Unlock]] = field(default_factory=lambda: {one: [] for one in STAGES})

    @property
    def owned(self) -> set[int]:
        return {one.slot for some in self.paid.values() for one in some}


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    bought: list[Bought] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    lots: int = 0
    unlocks_go: bool = False

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
            if self.unlocks_go:
                self.close(one, one.pack, purse, share)
            purse.refund(one.pack, share)
        elif share < one.heard:
            purse.reverse(one.pack, share, int(now.timestamp()))
            if self.unlocks_go:
                self.reopen(one, one.pack, purse)
        one.heard = share

    def close(self, one: Bought, pack: Pack, purse: Purse, share: int) -> None:
        """What the pack alone has opened goes, the latest first, as far as the refund needs it."""
        standing = self.people[self.who(one.buyer)].paid[one.environment]
        missing = (pack.paid + pack.bonus) * share // WHOLE - len(pack.taken) - pack.owed
        missing -= sum(coin.lot == pack.id for coin in purse.coins)
        if missing <= 0:
            return
        most, back = missing + min(pack.owed, purse.debt), list[Coin]()
        for unlock in sorted(standing, key=lambda each: each.order, reverse=True):
            fits = len(back) + len(unlock.coins) <= most
            if fits and all(coin.lot == pack.id for coin in unlock.coins):
                standing.remove(unlock)
                back += unlock.coins
                one.undone.append(Unlock(unlock.slot, unlock.coins, self.turn()))
        purse.coins += back
        mine = [coin for coin in purse.coins if coin.lot == pack.id]
        spare = sorted(mine, key=lambda coin: coin.turn, reverse=True)[: len(back) - missing]
        for coin in spare if len(back) > missing else []:
            purse.coins.remove(coin)
        purse.give(spare if len(back) > missing else [])

    def reopen(self, one: Bought, pack: Pack, purse: Purse) -> None:
        """What was closed opens again, the oldest first, where its coins are there."""
        person = self.people[self.who(one.buyer)]
        for undone in reversed(list(one.undone)):
            if undone.slot in person.owned:
                continue
            there = list[Coin]()
            for kind in [coin.kind for coin in undone.coins]:
                free = (coin for coin in purse.coins if coin.lot == pack.id and coin not in there)
                found = next((coin for coin in free if coin.kind == kind), None)
                there += [found] if found else []
            if len(there) == len(undone.coins):
                for coin in there:
                    purse.coins.remove(coin)
                self.open(person, one.environment, undone.slot, there)

    def open(self, person: Person, environment: Stage, slot: int, coins: list[Coin]) -> None:
        person.paid[environment].append(Unlock(slot, coins, self.turn()))

    def turn(self) -> int:
        self.lots += 1
        return self.lots

    def hear_plan(self, one: Plan, state: tuple[int, bool, datetime], told_at: datetime) -> None:
        """A word is about one period. The newest period counts, and of it the newest word."""
        period, is_open, ends = state
        if one.heard_at is None or (period, told_at) >= one.heard_at:
            one.heard_at, one.heard = (period, told_at), (is_open, ends)

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
                for slot in locked:
                    coins = purse.take(price, "promotional", "bonus", "paid")
                    self.open(person, environment, slot, coins)
                return cost
        return "poor"

    def join(self, guest: str, account: str) -> None:
        old, new = self.people.pop(guest), self.people[account]
        for environment in STAGES:
            new.purses[environment].merge(old.purses[environment])
            new.paid[environment] += old.paid[environment]
        self.joined[guest] = account
