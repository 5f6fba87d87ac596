"""When a store is asked again about a purchase of which it tells nothing.

Words are lost, and some are never said: Google lists no refund that leaves the purchase with its
buyer. Apple's history has every word of Apple's about a pack, so of Apple's only subscriptions are
asked about. What a look costs grows with what there is, so it gets rarer with age, and ends.
"""

from datetime import datetime, timedelta

from cliffhanger.purchases.store import Store

_DAY = timedelta(days=1)
_PACK_AGES = tuple(_DAY * 2**doubled for doubled in range(7))
"""Of a pack: 1, 2, 4 ... 64 days after the purchase.

Most refunds come early, so most are seen within a day or two, and none much later than it is old.
Google would refund an order for three years: what comes after the last look is seen at the next
word about the purchase. https://developers.google.com/android-publisher/api-ref/rest/v3/orders/refund
"""
_AFTER_END = timedelta(hours=1)
"""A renewal, a grace period or an end is told around the end of a period; an hour late is lost."""
_LINE_GIVEN_UP = timedelta(days=100)
"""After the end of what was paid. Apple asks a bank for 60 days, and Google holds for as long
and pauses for three months at the most.
https://developer.apple.com/documentation/appstoreserverapi/isinbillingretryperiod
https://developer.android.com/google/play/billing/subscriptions
"""


def kind(store: Store) -> str:
    """Return what the index of due items calls what is to be asked of a store.

    Each store has its own, so that one that does not answer keeps nothing from the other.
    """
    return f"recheck#{store}"


def of_pack(bought_at: datetime, now: datetime) -> datetime | None:
    """Return when Google is asked next about a pack; None when it is not any more."""
    return next((bought_at + age for age in _PACK_AGES if bought_at + age > now), None)


def of_line(ends_at: datetime, now: datetime) -> datetime | None:
    """Return when the store is asked next about a subscription that had no end yet, or None.

    An hour after it should have ended, or been renewed, and then every day. A renewal moves the
    end, so a subscription whose words arrive is never asked about.
    """
    first = ends_at + _AFTER_END
    late = (now - first) // _DAY + 1 if now >= first else 0
    following = first + late * _DAY
    return following if following <= ends_at + _LINE_GIVEN_UP else None
