"""The plans that a plan of Google's went on from: their end may be told late, or never.

Google ends a plan at once when another one replaces it, or at its end where the change waits for
that. It tells so with the old token alone, and that word may be lost. So the old token is asked
about when the new one is heard of. A new one that names nobody is of whoever had the old one, and
Google says who that is where we never heard of it.
https://developer.android.com/google/play/billing/lifecycle/subscriptions
"""

from cliffhanger.purchases import asking, lines, subscriptions
from cliffhanger.purchases.errors import PurchaseNotVerified
from cliffhanger.purchases.lines import Line
from cliffhanger.purchases.store import Subscription

_MOST = 10
"""Plans in a row that were never heard of; there are hardly two."""


def read(line: Line) -> None:
    """Bring what a line went on from in line with what Google says of it; and then itself.

    Doing it again is harmless. What the old line has left to do stays for the sweep.

    Args:
        line: of Google's. The plans before are read back to one that was heard of and is
            somebody's: what that one went on from was read when it was heard of.

    Raises:
        StoreUnavailable: Google does not answer.
        Busy: others went on changing the same lines.
    """
    if line.token is None:
        return
    try:
        now = asking.google_subscription(line.token)
    except PurchaseNotVerified:  # Google has forgotten it by now, and names no other
        return
    is_held = line.viewer_id is None
    applied = [subscriptions.apply(told, token=token) for told, token in reversed(_before(now))]
    if is_held and applied and applied[-1].viewer_id:
        subscriptions.apply(now, token=line.token)


def _before(now: Subscription) -> list[tuple[Subscription, str]]:
    """Return what a line went on from, the latest first, each with its token."""
    found: list[tuple[Subscription, str]] = []
    token = now.replaces_token
    while token and len(found) < _MOST:
        try:
            told = asking.google_subscription(token)
        except PurchaseNotVerified:  # it ended so long ago that Google has forgotten it
            break
        found.append((told.model_copy(update={"is_replaced": True}), token))
        known = lines.find(told.store, told.environment, told.line_id)
        token = None if known and known.viewer_id else told.replaces_token
    return found
