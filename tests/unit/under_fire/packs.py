"""Coin packs by a child's reckoning: the newest word says which share the store gave back."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.unit.under_fire.people import People, Stage, Unlock
from tests.unit.wallet.coins import Coin, Pack, Purse

WHOLE = 100_000


@dataclass(eq=False)
class Bought:
    """A coin pack: its buyer, the share that the store gave back by now, and what was heard.

    `lot` is its turn among all coins: when it was first heard of. `told` is the newest share that
    was heard, `heard` the one that was acted on. It `waits` while its product is not offered.
    """

    buyer: str
    environment: Stage
    paid: int
    bonus: int
    product: str
    share: int = 0
    heard_at: datetime | None = None
    told: int = 0
    heard: int = 0
    waits: bool = False
    lot: str = ""
    pack: Pack | None = None
    undone: list[Unlock] = field(default_factory=list)

    @property
    def said(self) -> int:
        return self.share

    @property
    def is_held(self) -> bool:
        return self.waits


@dataclass
class Packs(People):
    """What was bought, and what became of it."""

    bought: list[Bought] = field(default_factory=list)
    unlocks_go: bool = False

    def hear_pack(
        self, one: Bought, share: int, told_at: datetime, now: datetime, by: str | None
    ) -> bool:
        """A word says which share the store had given back when it was told.

        Whoever sends another's is refused, under any policy.
        """
        if by and self.who(by) != self.who(one.buyer):
            return False
        if one.heard_at is None or told_at >= one.heard_at:
            one.heard_at, one.told, one.lot = told_at, share, one.lot or self.lot()
            one.waits = one.pack is None and share < WHOLE
        self.look_at_pack(one, now)
        return True

    def look_at_pack(self, one: Bought, now: datetime) -> None:
        """It is granted if it may be, and what was given back by now is taken, or given again."""
        purse, share = self.purse(one.buyer, one.environment, now), one.told
        if one.waits and self.offers.get(one.product):
            one.waits = False
            one.pack = Pack(one.lot, one.paid, one.bonus)
            came = [Coin(one.pack.id, "paid") for _ in range(one.paid)]
            purse.give([*came, *(Coin(one.pack.id, "bonus") for _ in range(one.bonus))])
        if one.pack is None:
            return
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
            if person.has(undone.slot):
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
