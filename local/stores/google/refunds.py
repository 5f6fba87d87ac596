"""Money that goes back: by hand, by quantity, by review, and because nobody acknowledged."""

import secrets
from datetime import datetime, timedelta

from local.stores.google import notices, subscriptions
from local.stores.google.errors import bad
from local.stores.google.records import OneTime, Order, Refund, Review, State, Subscription, Voided

BY_USER, BY_DEVELOPER, BY_GOOGLE = 0, 1, 2
OTHER, CHARGEBACK, UNACKNOWLEDGED = 0, 7, 8
REVIEW_TIME = timedelta(hours=24)
ACKNOWLEDGE_WITHIN = timedelta(days=3)


def refund_one_time(
    state: State,
    at: datetime,
    bought: OneTime,
    *,
    quantity: int | None,
    revoke: bool,
    source: int = BY_DEVELOPER,
    reason: int = OTHER,
) -> None:
    """Give a purchase back: a number of its pieces, or all that is left.

    One that is given back wholly without `revoke` stays with its buyer, and is in no list.
    """
    if bought.state != "PURCHASED" or not bought.refundable_quantity:
        raise bad("There is nothing to refund.")
    pieces = bought.refundable_quantity if quantity is None else quantity
    if not 0 < pieces <= bought.refundable_quantity:
        raise bad(f"{bought.refundable_quantity} pieces can be refunded.")
    bought.refundable_quantity -= pieces
    is_partial = bought.refundable_quantity > 0
    order = state.orders.get(bought.order_id or "")
    if order:
        left = order.micros - order.refunded_micros
        share = order.micros * pieces // bought.quantity if is_partial else left
        order.refunds.append(Refund(at=at, micros=share))
    if revoke and not is_partial:
        bought.state = "CANCELLED"
    if revoke or is_partial:
        state.voided.append(
            Voided(
                token=bought.token,
                order_id=bought.order_id,
                is_subscription=False,
                purchased_at=bought.completed_at or at,
                voided_at=at,
                source=source,
                reason=reason,
                quantity=pieces if is_partial else None,
            )
        )
        if order:
            notices.tell_voided(state, at, order, is_partial=is_partial)


def refund_subscription(
    state: State,
    at: datetime,
    one: Subscription,
    *,
    revoke: bool,
    order_id: str | None = None,
    source: int = BY_DEVELOPER,
    reason: int = OTHER,
) -> None:
    """Give a period back, the latest one if none is named. With `revoke` the subscription ends."""
    order = state.orders.get(order_id or one.latest_order_id or "")
    if order:
        if order.refunded_micros == order.micros:
            raise bad("There is nothing to refund.")
        order.refunds.append(Refund(at=at, micros=order.micros - order.refunded_micros))
    if not revoke:
        return
    subscriptions.require(one, *subscriptions.PAYING)
    one.canceled_by = "developer" if source == BY_DEVELOPER else "system"
    subscriptions.end(one, at)
    state.voided.append(
        Voided(
            token=one.token,
            order_id=order.id if order else None,
            is_subscription=True,
            purchased_at=order.created_at if order else one.created_at,
            voided_at=at,
            source=source,
            reason=reason,
        )
    )
    notices.tell_subscription(state, at, notices.REVOKED, one)
    if order:
        notices.tell_voided(state, at, order, is_partial=False)


def ask_review(state: State, at: datetime, order_id: str) -> Review:
    """Ask our opinion of a refund; it is decided after 24 hours without one."""
    order = order_of(state, order_id)
    review = Review(token=secrets.token_urlsafe(24), order_id=order_id, asked_at=at)
    state.reviews[review.token] = review
    bought = state.one_time.get(order.token) or state.subscriptions[order.token]
    notices.tell_review(state, at, review, bought.buyer.account_id)
    return review


def order_of(state: State, order_id: str) -> Order:
    """Return an order.

    Raises:
        ApiError: there is none.
    """
    if order_id not in state.orders:
        raise bad("The order was not found.", "orderNotFound")
    return state.orders[order_id]


def decide(state: State, at: datetime, review: Review) -> None:
    """Close a review. It is refunded when we approve of that, or said nothing in time."""
    review.is_closed = True
    if review.answer is not None and review.answer["refundPreference"] != "APPROVE":
        return
    order = order_of(state, review.order_id)
    if order.refunded_micros == order.micros:
        return
    if order.token in state.one_time:
        refund_one_time(
            state,
            at,
            state.one_time[order.token],
            quantity=None,
            revoke=True,
            source=BY_USER,
            reason=CHARGEBACK,
        )
        return
    one = state.subscriptions[order.token]
    is_open = one.state in subscriptions.PAYING and order.id == one.latest_order_id
    refund_subscription(
        state, at, one, revoke=is_open, order_id=order.id, source=BY_USER, reason=CHARGEBACK
    )
