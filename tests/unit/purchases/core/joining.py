"""Guests who join accounts, and merges that die at each of their calls."""

from collections.abc import Callable, Iterator
from itertools import count

from cliffhanger import dynamo
from cliffhanger.identity import joins, moving, viewers
from tests.unit.purchases.core.dying import every_death
from tests.unit.purchases.core.market import Market, coins


def arrivals() -> Iterator[str]:
    return (f"vwr_01JD0000000000000000{n:06d}" for n in count(100))


class Merging:
    """Guests who join an account each, until one lives to see the end of it."""

    def __init__(self, market: Market, begun: Callable[[str], None]) -> None:
        self.market, self.begun = market, begun
        self.new = arrivals()
        self.guest = self.account = ""

    def __call__(self) -> None:
        moving.move(self.guest, self.account)

    def each(self, *, after: bool) -> Iterator[int]:
        """Die at each call of a merge; at each time there is another guest, with all they did."""
        self.point()
        for died in every_death(self, after=after):
            yield died
            self.point()

    def coins(self) -> tuple[int, int, int]:
        """What the account has, by whomever of the two it is asked."""
        found = coins(self.account)
        assert coins(self.guest) == found
        return found

    def point(self) -> None:
        self.guest, self.account = next(self.new), next(self.new)
        self.begun(self.guest)
        for one in (self.guest, self.account):
            viewers.find(one, "US")
        joining = joins.joining(self.guest, self.account)
        assert joining
        dynamo.transact(*joining)
