"""Subscriptions by a child's reckoning: the newest period counts, and of it the newest word."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.unit.under_fire.people import People


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
class Plans(People):
    """Who is subscribed to what."""

    plans: list[Plan] = field(default_factory=list)

    def hear_plan(self, one: Plan, state: tuple[int, bool, datetime], told_at: datetime) -> None:
        """A word is about one period. The newest period counts, and of it the newest word."""
        period, is_open, ends = state
        if one.heard_at is None or (period, told_at) >= one.heard_at:
            one.heard_at, one.heard = (period, told_at), (is_open, ends)

    def is_vip(self, viewer_id: str, now: datetime) -> bool:
        mine = [one for one in self.plans if self.who(one.buyer) == self.who(viewer_id)]
        return any(one.heard and one.heard[0] and one.heard[1] > now for one in mine)
