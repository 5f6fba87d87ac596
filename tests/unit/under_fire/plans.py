"""Subscriptions by a child's reckoning: the newest period counts, and of it the newest word."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tests.unit.under_fire.people import People

Policy = Literal["keep", "transfer"]
Said = tuple[int, bool, datetime, str, str | None]
"""The number of a period, whether it is open, until when, of which product, and who bought it."""
OPENS = {"vip", "vip_new"}
"""The products that open the drama of the play; the others open another."""


@dataclass(eq=False)
class Plan:
    """A subscription: the period that its store has, and the newest of it that was heard.

    `buyer` is whom its store names, `named` whom the newest word that was heard did, and `owner`
    whose it is here, once it was heard of. `is_shared` by a family. `heard_at` is the number of the
    newest period that was heard of, and when its store told this; `following` is the product of the
    next period, `replaces` what it went on from, and `moves` from whom to whom it went over.
    `known` is the product, unless that is not offered yet; `opened` is the last one that was known,
    and `shown` what its owner has of all this.
    """

    buyer: str | None
    is_open: bool
    ends: datetime
    product: str
    period: int = 0
    is_shared: bool = False
    following: str | None = None
    replaces: "Plan | None" = None
    owner: str | None = None
    named: str | None = None
    heard_at: tuple[int, datetime] | None = None
    heard: tuple[bool, datetime, str] | None = None
    known: str | None = None
    opened: str | None = None
    shown: tuple[str, bool, datetime] | None = None
    moves: list[tuple[str, str]] = field(default_factory=list)

    @property
    def said(self) -> Said:
        return self.period, self.is_open, self.ends, self.product, self.buyer

    @property
    def is_held(self) -> bool:
        return self.known is None

    @property
    def waits(self) -> bool:
        """For its product. What waits for its viewer is looked at when they claim it."""
        is_open = self.heard is not None and self.heard[0]
        return self.owner is not None and self.known is None and is_open


@dataclass
class Plans(People):
    """Who is subscribed to what."""

    plans: list[Plan] = field(default_factory=list)

    def hear_plan(
        self, one: Plan, said: Said, told_at: datetime, by: str | None, policy: Policy | None
    ) -> bool:
        """A word is about one period. The newest period counts, and of it the newest word.

        What names nobody is of whoever sends it first. Whose it is stays so, unless another viewer
        buys a newer period, or somebody restores it where the policy is to transfer, or where
        nobody is left who had it. Then it goes over; else the word is refused, and not heard.
        """
        period, is_open, ends, product, buyer = said
        had = one.owner or buyer or (one.replaces and one.replaces.owner)
        whose = buyer if self.is_bought_anew(one, period, buyer) else had
        if by and whose and self.who(by) != self.who(whose):
            is_left = self.who(whose) in self.gone
            if policy is None or (policy == "keep" and not is_left):
                return False
            whose = by
        whose = whose or by
        if had and whose and self.who(had) != self.who(whose):
            one.moves.append((self.who(had), self.who(whose)))
            one.shown = None
        one.owner = whose and self.who(whose)
        if one.heard_at is None or (period, told_at) >= one.heard_at:
            one.heard_at, one.heard = (period, told_at), (is_open, ends, product)
            one.named = buyer or one.named
            closed = None if is_open else one.opened
            one.known = product if self.goes(one, product) else closed
        elif one.heard and one.known is None and product == one.heard[2]:
            one.known = product if self.goes(one, product) else None
        self.show(one)
        return True

    def is_bought_anew(self, one: Plan, period: int, buyer: str | None) -> bool:
        """Whether a newer period is another viewer's than its store named before."""
        is_newer = one.heard_at is not None and period > one.heard_at[0]
        named = one.owner and one.named
        return bool(is_newer and buyer and named and self.who(buyer) != self.who(named))

    def goes(self, one: Plan, product: str) -> bool:
        """What is offered no more goes on for those who have a plan."""
        return self.offers.get(product, False) or (product in self.offers and bool(one.opened))

    def look_at_plan(self, one: Plan) -> None:
        """It opens now if its product is offered by now."""
        assert one.owner
        assert one.heard
        if self.offers.get(one.heard[2]):
            one.known, one.owner = one.heard[2], self.who(one.owner)
            self.show(one)

    def show(self, one: Plan) -> None:
        """While the product is not known, what was shown before stays."""
        one.opened = one.known or one.opened
        if one.owner and one.known and one.heard:
            one.shown = one.known, one.heard[0], one.heard[1]

    def running(self, viewer_id: str, now: datetime) -> list[tuple[Plan, str, datetime]]:
        """A viewer's subscriptions that are open, each with its product and its end."""
        mine = [one for one in self.plans if one.owner and self.who(one.owner) == viewer_id]
        shown = [(one, one.shown) for one in mine if one.shown]
        return [(one, what, ends) for one, (what, is_open, ends) in shown if is_open and ends > now]

    def is_vip(self, viewer_id: str, now: datetime) -> bool:
        return any(product in OPENS for _, product, _ in self.running(viewer_id, now))
