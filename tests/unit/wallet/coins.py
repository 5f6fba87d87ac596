"""A wallet as a child would play it: every coin is a thing of its own and lies somewhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

WHOLE = 100_000
ORDER = ["promotional", "bonus", "paid"]


@dataclass(eq=False)
class Coin:
    lot: str
    kind: str
    ends: int | None = None

    @property
    def turn(self) -> tuple[int, float, str]:
        """Whose turn it is to be spent."""
        ends = float("inf") if self.ends is None else self.ends
        return ORDER.index(self.kind), ends, self.lot.split("_")[1]


@dataclass(eq=False)
class Pack:
    id: str
    paid: int
    bonus: int
    share: int = 0
    taken: list[Coin] = field(default_factory=list)
    owed: int = 0


@dataclass
class Purse:
    coins: list[Coin] = field(default_factory=list)
    sunk: list[Coin] = field(default_factory=list)
    debt: int = 0

    def expire(self, now: int) -> None:
        self.coins = [one for one in self.coins if one.ends is None or one.ends > now]

    def give(self, came: Iterable[Coin]) -> None:
        for coin in sorted(came, key=lambda one: one.turn):
            if self.debt:
                self.debt -= 1
                self.sunk.append(coin)
            else:
                self.coins.append(coin)

    def take(self, count: int, *kinds: str) -> list[Coin]:
        queue = sorted((one for one in self.coins if one.kind in kinds), key=lambda one: one.turn)
        for coin in queue[:count]:
            self.coins.remove(coin)
        return queue[:count]

    def refund(self, pack: Pack, share: int) -> None:
        due = (pack.paid + pack.bonus) * share // WHOLE - len(pack.taken) - pack.owed
        if due <= 0:
            return
        kinds = Counter(one.kind for one in pack.taken)
        mine = [one for one in self.coins if one.lot == pack.id]
        paid = [one for one in mine if one.kind == "paid"]
        bonus = [one for one in mine if one.kind == "bonus"]
        fair = paid[: max(0, pack.paid * share // WHOLE - kinds["paid"])]
        chosen = [*fair, *bonus, *paid[len(fair) :]][:due]
        if len(fair) > due:
            chosen = fair[:due]
        for coin in chosen:
            self.coins.remove(coin)
            pack.taken.append(coin)
        pack.owed += due - len(chosen)
        self.debt += due - len(chosen)
        pack.share = share

    def reverse(self, pack: Pack, share: int, now: int) -> None:
        back = len(pack.taken) + pack.owed - (pack.paid + pack.bonus) * share // WHOLE
        if back <= 0:
            return
        while back and pack.owed:
            back, pack.owed = back - 1, pack.owed - 1
            if self.debt:
                self.debt -= 1
                continue
            coin = self.sunk.pop()
            if coin.ends is not None and coin.ends <= now:
                coin = Coin(coin.lot, "bonus")
            self.coins.append(coin)
        paid = [one for one in pack.taken if one.kind == "paid"]
        bonus = [one for one in pack.taken if one.kind == "bonus"]
        kept = pack.paid * share // WHOLE
        for coin in [*paid[kept:], *bonus, *paid[:kept]][:back]:
            pack.taken.remove(coin)
            self.coins.append(coin)
        pack.share = share

    def merge(self, other: "Purse") -> None:
        self.coins += other.coins
        self.sunk += other.sunk
        self.debt += other.debt

    def lots(self) -> dict[tuple[str, str], int]:
        return dict(Counter((one.lot, one.kind) for one in self.coins))

    def count(self, kind: str) -> int:
        return sum(one.kind == kind for one in self.coins)
