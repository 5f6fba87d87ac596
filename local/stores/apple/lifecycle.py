"""What becomes of a subscription: renewed, cancelled, in arrears, changed, ended."""

from local.stores.apple.announcing import notify
from local.stores.apple.errors import bad_request
from local.stores.apple.periods import after
from local.stores.apple.records import Line, Notification, Plan, Transaction
from local.stores.apple.store import Store

DAY = 86_400_000
RETRY_FOR = 60 * DAY
"""How long Apple goes on asking for the money."""
VOLUNTARY, BILLING, PRICE, NOT_SOLD = 1, 2, 3, 4  # expirationIntent
_EXPIRED_BY = {
    VOLUNTARY: "VOLUNTARY",
    BILLING: "BILLING_RETRY",
    PRICE: "PRICE_INCREASE",
    NOT_SOLD: "PRODUCT_NOT_FOR_SALE",
}


def renew(store: Store, line: Line) -> Notification:
    """Begin the next period, with the plan that was chosen for it.

    Raises:
        StoreError: the subscription has ended.
    """
    old, now = store.latest(line), store.now()
    _require_open(store, line)
    end = old.expires_at or now
    in_arrears = line.retrying_since is not None
    lapsed = in_arrears and line.grace_until is None
    line.plan, line.next_plan = line.next_plan or line.plan, None
    start = now if lapsed else end
    _begin(store, line, old, purchased_at=min(now, start), start=start, is_renewal=True)
    line.retrying_since = line.grace_until = None
    subtype = "BILLING_RECOVERY" if in_arrears else None
    return notify(store, "DID_RENEW", subtype, store.latest(line))


def set_renewal(store: Store, line: Line, *, on: bool) -> Notification:
    """Turn automatic renewal on or off. Access goes on until the period ends."""
    _require_open(store, line)
    line.auto_renews = on
    subtype = "AUTO_RENEW_ENABLED" if on else "AUTO_RENEW_DISABLED"
    return notify(store, "DID_CHANGE_RENEWAL_STATUS", subtype, store.latest(line))


def fail_to_renew(store: Store, line: Line, *, grace_days: int) -> Notification:
    """End the period without money for the next one, with days of grace or none."""
    _require_open(store, line)
    latest, now = store.latest(line), store.now()
    if grace_days == 0 and line.grace_until is not None:
        return end_grace(store, line)
    latest.expires_at = min(latest.expires_at or now, now)
    line.retrying_since = line.retrying_since or now
    line.grace_until = now + grace_days * DAY if grace_days else None
    return notify(store, "DID_FAIL_TO_RENEW", "GRACE_PERIOD" if grace_days else None, latest)


def end_grace(store: Store, line: Line) -> Notification:
    """End the days of grace. The store goes on asking for the money."""
    line.grace_until = None
    return notify(store, "GRACE_PERIOD_EXPIRED", None, store.latest(line))


def expire(store: Store, line: Line, *, intent: int = VOLUNTARY) -> Notification:
    """End a subscription now."""
    _require_open(store, line)
    latest, now = store.latest(line), store.now()
    latest.expires_at = min(latest.expires_at or now, now)
    line.auto_renews, line.expiration_intent = False, intent
    line.retrying_since = line.grace_until = line.next_plan = None
    return notify(store, "EXPIRED", _EXPIRED_BY[intent], latest)


def change_plan(store: Store, line: Line, plan: Plan, direction: str) -> Notification:
    """Change to another product of the group.

    An upgrade, and a crossgrade of the same length, take over at once; the rest waits for the end
    of the period. Choosing the present product again takes a change back.
    https://developer.apple.com/app-store/subscriptions/#managing-prices
    """
    _require_open(store, line)
    old, now = store.latest(line), store.now()
    if plan.product_id == line.plan.product_id:
        line.next_plan = None
        return notify(store, "DID_CHANGE_RENEWAL_PREF", None, old)
    same_length = after(now, plan.period) == after(now, line.plan.period)
    if direction == "upgrade" or (direction == "crossgrade" and same_length):
        old.is_upgraded = True
        line.plan, line.next_plan, line.auto_renews = plan, None, True
        _begin(store, line, old, purchased_at=now, start=now, is_renewal=False)
        return notify(store, "DID_CHANGE_RENEWAL_PREF", "UPGRADE", store.latest(line))
    line.next_plan = plan
    return notify(store, "DID_CHANGE_RENEWAL_PREF", "DOWNGRADE", old)


def due_at(store: Store, line: Line) -> int | None:
    """Return when something happens to a subscription by itself; None when nothing will."""
    latest = store.latest(line)
    if line.expiration_intent or latest.revoked_at:
        return None
    if line.retrying_since:
        return line.grace_until or line.retrying_since + RETRY_FOR
    return latest.expires_at


def happen(store: Store, line: Line) -> Notification:
    """Do what is due to a subscription."""
    if line.retrying_since:
        return end_grace(store, line) if line.grace_until else expire(store, line, intent=BILLING)
    return renew(store, line) if line.auto_renews else expire(store, line)


def _begin(
    store: Store, line: Line, old: Transaction, *, purchased_at: int, start: int, is_renewal: bool
) -> None:
    made = old.model_copy(
        update={
            "id": store.new_id(old.environment),
            "product_id": line.plan.product_id,
            "price": line.plan.price,
            "purchased_at": purchased_at,
            "expires_at": after(start, line.plan.period),
            "is_renewal": is_renewal,
            "is_upgraded": False,
            "offer_type": None,
            "offer_discount_type": None,
        }
    )
    store.state.transactions[made.id] = made
    line.latest = made.id


def _require_open(store: Store, line: Line) -> None:
    if line.expiration_intent or store.latest(line).revoked_at:
        raise bad_request("The subscription has ended. Subscribe again.")
