"""The best of a viewer's subscriptions, for the app to show."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cliffhanger.entitlements.models import VipStatus
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.purchases.store import SubscriptionState

_ORDER: tuple[SubscriptionState, ...] = (
    "active",
    "grace",
    "billing_retry",
    "paused",
    "pending",
    "expired",
    "revoked",
)
_NEVER = datetime.max.replace(tzinfo=UTC)


def best(lines: Iterable[VipLine], now: datetime) -> VipStatus:
    """Return the line that opens most: by state, then real money before sandbox, then its end.

    A line whose end has passed is expired, whatever the store said last.
    """
    found = min((one.at(now) for one in lines), key=lambda line: rank(line, now), default=None)
    if found is None:
        return VipStatus(
            active=False,
            state=None,
            expires_at=None,
            auto_renews=False,
            store=None,
            drama_ids=None,
        )
    return VipStatus(
        active=found.is_active(now),
        state=_state(found, now),
        expires_at=found.expires_at,
        auto_renews=found.auto_renews,
        store=found.store,
        drama_ids=None if found.opens is None else list(found.opens),
    )


def rank(line: VipLine, now: datetime) -> tuple[int, bool, float]:
    """Return what sorts lines so that the best comes first, see `best`."""
    state = _ORDER.index(_state(line, now))
    return state, line.environment == "sandbox", -(line.expires_at or _NEVER).timestamp()


def _state(line: VipLine, now: datetime) -> SubscriptionState:
    over = line.state in ("active", "grace") and not line.is_active(now)
    return "expired" if over else line.state
