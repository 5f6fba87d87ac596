"""A viewer's VIP in one look: the best of their subscriptions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from cliffhanger.entitlements import vip
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.purchases.store import Store, SubscriptionState

_BEST_FIRST: tuple[SubscriptionState, ...] = (
    "active",
    "grace",
    "billing_retry",
    "paused",
    "pending",
    "expired",
    "revoked",
)


class VipStatus(BaseModel):
    """Whether VIP is open, and which subscription decides it."""

    active: bool
    state: SubscriptionState | None = Field(description="Null for who never had VIP.")
    expires_at: datetime | None
    store: Store | None


def status(item: Mapping[str, Any] | None, now: datetime) -> VipStatus:
    """Return the best of what a viewer has: what is open before what is not, then what lasts."""
    best = max(vip.lines(item), key=lambda line: _rank(line, now), default=None)
    if best is None:
        return VipStatus(active=False, state=None, expires_at=None, store=None)
    ended = best.state in {"active", "grace"} and not best.is_active(now)
    return VipStatus(
        active=best.is_active(now),
        state="expired" if ended else best.state,
        expires_at=best.expires_at,
        store=best.store,
    )


def _rank(line: VipLine, now: datetime) -> tuple[bool, int, bool, float]:
    end = line.expires_at.timestamp() if line.expires_at else float("inf")
    real = line.environment == "production"
    return line.is_active(now), -_BEST_FIRST.index(line.state), real, end
