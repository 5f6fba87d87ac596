"""Statements: what a viewer may watch, signed, for an app that has no network.

| claim | |
|---|---|
| iss, sub, iat, exp | `cliffhanger`, the viewer, and how long it may be believed |
| vip | a list of what VIP opens: `until` (seconds; null has no end), `dramas` (null is every one) |
| unlocked | by drama, the episodes of this page, such as `1-12,15` |
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cliffhanger.entitlements import signing
from cliffhanger.entitlements.settings import StatementSettings
from cliffhanger.entitlements.vip import VipLine
from cliffhanger.settings import load

ISSUER = "cliffhanger"
KIND = "entitlements+jwt"
"""The `typ` of a statement, so that no other token passes for one (RFC 8725, section 3.11)."""


def issue(
    viewer_id: str, lines: Iterable[VipLine], unlocked: Mapping[str, str], now: datetime
) -> str:
    """Return a signed statement. Episodes that VIP opens are open until both ends have come.

    Args:
        viewer_id: whom it is about.
        lines: their subscriptions; only those that open something now are in it.
        unlocked: by drama, the numbers of its unlocked episodes.
        now: when it is made.

    Raises:
        Busy: it could not be signed at the moment.
    """
    hours = load(StatementSettings).statement_hours
    claims = {
        "iss": ISSUER,
        "sub": viewer_id,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=hours)).timestamp()),
        "vip": [
            {
                "until": int(line.expires_at.timestamp()) if line.expires_at else None,
                "dramas": line.opens,
            }
            for line in (one.at(now) for one in lines)
            if line.is_active(now)
        ],
        "unlocked": unlocked,
    }
    return signing.sign(claims, KIND)
