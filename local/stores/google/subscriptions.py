"""Subscriptions: what a buyer, a bank and the store may do with one."""

from datetime import datetime, timedelta

from local.stores.google import notices
from local.stores.google.errors import bad, unknown_token
from local.stores.google.one_time import new_order_id, new_token
from local.stores.google.records import Buyer, Order, Plan, State, Subscription

PAYING = ("ACTIVE", "CANCELED", "IN_GRACE_PERIOD", "ON_HOLD", "PAUSED")
HOLD_DAYS = 30


def subscribe(
    state: State,
    at: datetime,
    *,
    product_id: str,
    add_ons: list[str],
    period_days: int,
    buyer: Buyer,
    is_pending: bool = False,
    has_order: bool = True,
    replaces: Subscription | None = None,
) -> Subscription:
    """Begin a subscription, perhaps in the place of another one."""
    order_id = new_order_id() if has_order else None
    one = Subscription(
        token=new_token(),
        product_id=product_id,
        add_ons=add_ons,
        state="PENDING",
        period_days=period_days,
        buyer=buyer,
        order_id=order_id,
        latest_order_id=order_id,
        created_at=at,
        linked_token=replaces.token if replaces else None,
    )
    state.subscriptions[one.token] = one
    if not is_pending:
        complete(state, at, one)
    return one


def complete(state: State, at: datetime, one: Subscription) -> None:
    """Take the money of the first period."""
    require(one, "PENDING")
    one.started_at = at
    _pay(state, at, one)
    notices.tell_subscription(state, at, notices.PURCHASED, one)


def cancel_pending(state: State, at: datetime, one: Subscription) -> None:
    """Give up waiting for the money."""
    require(one, "PENDING")
    one.state, one.auto_renews = "PENDING_PURCHASE_CANCELED", False
    notices.tell_subscription(state, at, notices.PENDING_CANCELED, one)


def renew(state: State, at: datetime, one: Subscription) -> None:
    """Take the money of another period: of an active one, or after trouble or a pause."""
    require(one, "ACTIVE", "IN_GRACE_PERIOD", "ON_HOLD", "PAUSED")
    kind = notices.RECOVERED if one.state in ("ON_HOLD", "PAUSED") else notices.RENEWED
    if one.order_id:
        one.latest_order_id = f"{one.order_id}..{one.renewals}"
    one.renewals += 1
    _follow(one)
    _pay(state, at, one)
    notices.tell_subscription(state, at, kind, one)


def cancel(state: State, at: datetime, one: Subscription) -> None:
    """Stop renewing. What is paid stays open; what is not paid ends."""
    require(one, *PAYING)
    one.auto_renews, one.canceled_by = False, "user"
    notices.tell_subscription(state, at, notices.CANCELED, one)
    if one.state in ("ON_HOLD", "PAUSED"):
        expire(state, at, one)
    else:
        one.state = "CANCELED"


def restart(state: State, at: datetime, one: Subscription) -> None:
    """Renew again after all."""
    require(one, "CANCELED")
    one.state, one.auto_renews, one.canceled_by = "ACTIVE", True, None
    notices.tell_subscription(state, at, notices.RESTARTED, one)


def grace(state: State, at: datetime, one: Subscription, *, days: int) -> None:
    """The money did not come; the store keeps it open for some days."""
    require(one, "ACTIVE")
    one.state, one.expires_at = "IN_GRACE_PERIOD", at + timedelta(days=days)
    notices.tell_subscription(state, at, notices.IN_GRACE_PERIOD, one)


def hold(state: State, at: datetime, one: Subscription) -> None:
    """The money did not come; it is closed until it does."""
    require(one, "ACTIVE", "IN_GRACE_PERIOD")
    one.state = "ON_HOLD"
    _period_is_over(state, at, one)
    one.held_until = at + timedelta(days=HOLD_DAYS)
    notices.tell_subscription(state, at, notices.ON_HOLD, one)


def pause(state: State, at: datetime, one: Subscription, *, days: int) -> None:
    """The buyer stays away for some days; it is closed meanwhile."""
    require(one, "ACTIVE")
    one.state = "PAUSED"
    _period_is_over(state, at, one)
    one.resumes_at = at + timedelta(days=days)
    notices.tell_subscription(state, at, notices.PAUSED, one)


def expire(state: State, at: datetime, one: Subscription, *, late: float = 0) -> None:
    """End it, as if what was paid were over now."""
    require(one, *PAYING)
    one.canceled_by = one.canceled_by or "system"
    _period_is_over(state, at, one)
    end(one, at)
    notices.tell_subscription(state, at, notices.EXPIRED, one, late=late)


def resubscribe(state: State, at: datetime, old: Subscription) -> Subscription:
    """Begin it again in the Play Store after its end: a new token, which no app could bind."""
    require(old, "EXPIRED")
    new = subscribe(
        state,
        at,
        product_id=old.product_id,
        add_ons=old.add_ons,
        period_days=old.period_days,
        buyer=old.buyer.model_copy(update={"account_id": None}),
    )
    new.expired_token, new.expired_account_id = old.token, old.buyer.account_id
    return new


def end(one: Subscription, at: datetime) -> None:
    """Close it now, and tell nobody."""
    one.state, one.auto_renews = "EXPIRED", False
    one.expires_at = min(one.expires_at or at, at)


def change_plan(
    state: State, at: datetime, old: Subscription, plan: Plan, *, late: float
) -> Subscription:
    """Go on with another plan: a new token, and the old one's end, told `late` seconds later."""
    require(old, "ACTIVE", "CANCELED", "IN_GRACE_PERIOD")
    new = subscribe(
        state,
        at,
        product_id=plan.product_id,
        add_ons=[],
        period_days=plan.period_days,
        buyer=old.buyer.model_copy(update={"price_micros": plan.price_micros}),
        replaces=old,
    )
    old.canceled_by = "replacement"
    expire(state, at, old, late=late)
    return new


def defer_plan(
    state: State, at: datetime, old: Subscription, plan: Plan, *, late: float
) -> Subscription:
    """Go on with another plan at the next renewal.

    The new token comes at once. It has the old plan until then, by the order that paid for it.
    """
    require(old, "ACTIVE", "CANCELED")
    new = subscribe(
        state,
        at,
        product_id=old.product_id,
        add_ons=[],
        period_days=old.period_days,
        buyer=old.buyer.model_copy(),
        is_pending=True,
        replaces=old,
    )
    new.state, new.started_at, new.expires_at = "ACTIVE", at, old.expires_at
    new.latest_order_id, new.following = old.latest_order_id, plan
    notices.tell_subscription(state, at, notices.PURCHASED, new)
    old.canceled_by = "replacement"
    end(old, at)
    notices.tell_subscription(state, at, notices.EXPIRED, old, late=late)
    return new


def find(state: State, token: str) -> Subscription:
    """Return a subscription by its token.

    Raises:
        ApiError: there is none.
    """
    if token not in state.subscriptions:
        raise unknown_token()
    return state.subscriptions[token]


def require(one: Subscription, *expected: str) -> None:
    """Check that it is in one of some states."""
    if one.state not in expected:
        raise bad(f"This subscription is {one.state}, not {' or '.join(expected)}.")


def _follow(one: Subscription) -> None:
    if one.following:
        one.product_id, one.period_days = one.following.product_id, one.following.period_days
        one.buyer.price_micros = one.following.price_micros
        one.following = None


def _period_is_over(state: State, at: datetime, one: Subscription) -> None:
    one.expires_at = min(one.expires_at or at, at)
    order = state.orders.get(one.latest_order_id or "")
    if order and order.period_ends_at:
        order.period_ends_at = min(order.period_ends_at, at)


def _pay(state: State, at: datetime, one: Subscription) -> None:
    # The next period begins where the last one ended, unless that was in the past of a hold.
    begins = one.expires_at if one.state == "ACTIVE" and one.expires_at else at
    one.state, one.held_until, one.resumes_at = "ACTIVE", None, None
    one.expires_at = begins + timedelta(days=one.period_days)
    if one.latest_order_id:
        state.orders[one.latest_order_id] = Order(
            id=one.latest_order_id,
            token=one.token,
            product_id=one.product_id,
            micros=one.buyer.price_micros,
            currency=one.buyer.currency,
            region=one.buyer.region,
            created_at=at,
            period_begins_at=begins,
            period_ends_at=one.expires_at,
        )
