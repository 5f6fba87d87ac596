"""What happens by itself as time goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from local.stores.google import refunds, subscriptions
from local.stores.google.records import OneTime, State, Subscription

Event = tuple[datetime, Callable[[State, datetime], object]]


def run(state: State, until: datetime) -> None:
    """Let everything happen that was due, in its order and at its time."""
    while True:
        event = min(_events(state), key=lambda one: one[0], default=None)
        if event is None or event[0] > until:
            return
        at, happens = event
        happens(state, at)


def _events(state: State) -> Iterator[Event]:
    for bought in state.one_time.values():
        yield from _one_time(bought)
    for one in state.subscriptions.values():
        yield from _subscription(one)
    for review in state.reviews.values():
        if not review.is_closed:
            yield review.asked_at + refunds.REVIEW_TIME, partial(_decide, review.token)


def _one_time(bought: OneTime) -> Iterator[Event]:
    if bought.state == "PURCHASED" and not bought.is_acknowledged and bought.refundable_quantity:
        assert bought.completed_at
        yield bought.completed_at + refunds.ACKNOWLEDGE_WITHIN, partial(_give_back, bought.token)


def _subscription(one: Subscription) -> Iterator[Event]:
    if one.state in subscriptions.PAYING and not one.is_acknowledged and one.started_at:
        yield one.started_at + refunds.ACKNOWLEDGE_WITHIN, partial(_end_unnoticed, one.token)
    match one.state:
        case "ACTIVE" if one.expires_at:
            yield one.expires_at, partial(_each, one.token, subscriptions.renew)
        case "CANCELED" if one.expires_at:
            yield one.expires_at, partial(_each, one.token, subscriptions.expire)
        case "IN_GRACE_PERIOD" if one.expires_at:
            yield one.expires_at, partial(_each, one.token, subscriptions.hold)
        case "ON_HOLD" if one.held_until:
            yield one.held_until, partial(_each, one.token, subscriptions.expire)
        case "PAUSED" if one.resumes_at:
            yield one.resumes_at, partial(_each, one.token, subscriptions.renew)


def _each(
    token: str,
    happens: Callable[[State, datetime, Subscription], None],
    state: State,
    at: datetime,
) -> None:
    happens(state, at, state.subscriptions[token])


def _give_back(token: str, state: State, at: datetime) -> None:
    refunds.refund_one_time(
        state,
        at,
        state.one_time[token],
        quantity=None,
        revoke=True,
        source=refunds.BY_GOOGLE,
        reason=refunds.UNACKNOWLEDGED,
    )


def _end_unnoticed(token: str, state: State, at: datetime) -> None:
    one = state.subscriptions[token]
    order = state.orders.get(one.latest_order_id or "")
    if order and order.refunded_micros == order.micros:
        subscriptions.expire(state, at, one)
        return
    refunds.refund_subscription(
        state, at, one, revoke=True, source=refunds.BY_GOOGLE, reason=refunds.UNACKNOWLEDGED
    )


def _decide(token: str, state: State, at: datetime) -> None:
    refunds.decide(state, at, state.reviews[token])
