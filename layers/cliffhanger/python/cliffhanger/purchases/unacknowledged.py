"""What Google has not been told was delivered: how much there is, and how old the oldest is.

Google gives the money back three days after a purchase that nobody has acknowledged. So the age
counts from the purchase, and what is held for a product that is not known yet counts too.
"""

from datetime import datetime
from typing import NamedTuple

from cliffhanger import clock, dynamo
from cliffhanger.purchases import records
from cliffhanger.purchases.records import LATER

_AT_MOST = 1000  # items of one page; more than that is an alarm whatever the number
_SETTLING = {"consume", "acknowledge"}


class Unacknowledged(NamedTuple):
    """How many purchases, at most a thousand, and the age of the oldest in seconds."""

    purchases: int
    oldest_seconds: float


def look() -> Unacknowledged:
    """Return what is not acknowledged now, by the index of what is left to do."""
    now = clock.now()
    # What is put off is due in a quarter of an hour: a moment after that has everything.
    until = clock.iso(now + 2 * LATER)
    found = dynamo.due(records.table(), records.PURCHASE_DUE, until=until, limit=_AT_MOST)
    bought = [_bought_at(item) for item in found if _is_open(item)]
    if not bought:
        return Unacknowledged(0, 0.0)
    return Unacknowledged(len(bought), round((now - min(bought)).total_seconds(), 1))


def _is_open(item: dynamo.Item) -> bool:
    """Whether Google waits to hear of it: a pack or a plan that it sold, delivered or held."""
    todo = set(item.get("todo", ()))
    return item["store"] == "google" and (bool(todo & _SETTLING) or not todo)


def _bought_at(item: dynamo.Item) -> datetime:
    """A pack says when it was bought, a subscription when its period began."""
    return datetime.fromisoformat(item.get("purchased_at") or item["period_began_at"])
