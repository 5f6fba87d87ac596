"""Which period of a line is its newest, and what runs until that one begins.

Apple charges a renewal up to a day before it begins, and its purchase date is when it begins. Who
takes a better plan on that day buys what is newer and begins earlier. What was charged ahead was
charged before the first word about it.
https://developer.apple.com/documentation/appstoreserverapi/purchasedate
"""

from datetime import datetime

from cliffhanger.purchases.lines import Line, Running
from cliffhanger.purchases.store import Subscription, SubscriptionState

_OPEN: tuple[SubscriptionState, ...] = ("active", "grace")


def is_news(line: Line, told: Subscription) -> bool:
    """Whether a word decides what the line is now.

    Google's API tells what is so now: the answer that was asked for last decides. Apple signs each
    transaction by itself: the period that was bought last decides, and of that one its newest word.
    So a word about an old period keeps no late word about a newer one from being heard. Where Apple
    was asked, it said itself which period is the newest.
    """
    if not is_another(line, told):
        return told.told_at >= line.told_at
    if told.is_newest and told.told_at >= line.told_at:
        return True
    # The ids decide nothing that happens; with them no order of arrival can.
    bought, known = _bought_at(told), line.charged_ahead_at or line.period_began_at
    return told.period_id != line.overtaken and (bought, told.period_id) > (known, line.period_id)


def is_unclear(line: Line, told: Subscription) -> bool:
    """Whether Apple alone can say which of two periods is the newer one.

    They overlap, and the one that begins later was first heard of when the other had been bought:
    it may have been charged before that.
    """
    if not is_another(line, told) or told.is_newest or told.period_id == line.overtaken:
        return False
    if _is_ahead(told):
        begins, charged = told.purchased_at, told.told_at
        began, ends = line.period_began_at, line.ends_at
    elif line.charged_ahead_at:
        begins, charged = line.period_began_at, line.charged_ahead_at
        began, ends = told.purchased_at, told.expires_at
    else:
        return False
    return began < charged and ends is not None and ends > begins


def is_another(line: Line, told: Subscription) -> bool:
    """Whether a word is about another period of Apple's than the line is known by."""
    return told.store == "apple" and told.period_id != line.period_id


def charged_ahead_at(line: Line, told: Subscription) -> datetime | None:
    """Return by when the newest period was charged, as far as a word came before it begins."""
    known = line.charged_ahead_at
    if is_another(line, told):
        if not is_news(line, told):
            return known
        known = None
    return min(known or told.told_at, told.told_at) if _is_ahead(told) else known


def overtaken(line: Line, told: Subscription) -> str | None:
    """Return which period begins later than the one that is the newest, and is not to be."""
    if is_another(line, told):
        if is_news(line, told) and line.period_began_at > told.purchased_at:
            return line.period_id
        if not is_news(line, told) and told.purchased_at > line.period_began_at:
            return told.period_id
    return line.overtaken


def runs(line: Line, told: Subscription, product_id: str | None) -> Running | None:
    """Return what runs until the newest period begins.

    Args:
        line: as it is.
        told: the word, which may be about either of them.
        product_id: the studio's id of the word's product, if it is known.
    """
    if not is_another(line, told):
        return line.runs
    if is_news(line, told):
        has_begun = line.period_began_at <= told.told_at
        return (_as_running(line) if has_begun else line.runs) if _is_ahead(told) else None
    known = line.runs
    if known and known.period_id == told.period_id and known.told_at > told.told_at:
        return known
    is_it = known.period_id == told.period_id if known else _ran(line, told)
    if not is_it or product_id is None:
        return known
    return Running(
        period_id=told.period_id,
        product_id=product_id,
        state=told.state,
        ends_at=told.expires_at,
        told_at=told.told_at,
    )


def running(line: Line) -> Running | None:
    """Return what ran at the newest word about the newest period, if that had not begun by then."""
    found = line.runs
    if found is None or found.state not in _OPEN or found.ends_at is None:
        return None
    ends_at = min(found.ends_at, line.period_began_at)
    return found.model_copy(update={"ends_at": ends_at}) if ends_at > line.told_at else None


def _as_running(line: Line) -> Running | None:
    if line.product_id is None or line.state not in _OPEN:
        return None
    return Running(
        period_id=line.period_id,
        product_id=line.product_id,
        state=line.state,
        ends_at=line.ends_at,
        told_at=line.told_at,
    )


def _ran(line: Line, told: Subscription) -> bool:
    """Whether a period ran when the newest one was charged ahead of its time."""
    charged, ends = line.charged_ahead_at, told.expires_at
    return bool(charged and ends and told.purchased_at <= charged < ends)


def _is_ahead(told: Subscription) -> bool:
    return told.store == "apple" and told.purchased_at > told.told_at


def _bought_at(told: Subscription) -> datetime:
    return min(told.purchased_at, told.told_at)
