"""Carries out what the tools ask for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from local.stores.google import due, notices, one_time, refunds, requests, subscriptions
from local.stores.google.book import now
from local.stores.google.errors import bad
from local.stores.google.records import OneTime, Plan, State, Subscription

Json = dict[str, Any]


def act(state: State, at: datetime, action: str, body: Mapping[str, Any]) -> Json:
    """Carry out one action; return what an app would send of the purchase.

    With `lost` in its body nobody is told of it, nor of what came with it.

    Raises:
        ApiError: there is no such action, or it makes no sense now.
    """
    words = {name: value for name, value in body.items() if name != "lost"}
    before = {one.id for one in state.pushes}
    sent = _carry_out(state, at, action, words)
    if body.get("lost"):
        state.pushes = [one for one in state.pushes if one.id in before]
    return sent


def _carry_out(state: State, at: datetime, action: str, body: Mapping[str, Any]) -> Json:
    if action not in _ACTIONS:
        raise bad(f"There is no action {action}. There are {', '.join(sorted(_ACTIONS))}.")
    model, carry_out = _ACTIONS[action]
    try:
        asked = model.model_validate(body)
    except ValidationError as error:
        raise bad(str(error)) from error
    return carry_out(state, at, asked)


def _buy(state: State, at: datetime, asked: requests.Buy) -> Json:
    bought = one_time.buy(
        state,
        at,
        product_id=asked.product_id,
        quantity=asked.quantity,
        buyer=asked.buyer,
        is_pending=asked.pending,
        has_order=asked.order,
    )
    return requests.sent_by_app(bought.product_id, bought.token)


def _subscribe(state: State, at: datetime, asked: requests.Subscribe) -> Json:
    one = subscriptions.subscribe(
        state,
        at,
        product_id=asked.product_id,
        add_ons=asked.add_ons,
        period_days=requests.days_of(asked.period),
        buyer=asked.buyer,
        is_pending=asked.pending,
        has_order=asked.order,
    )
    return requests.sent_by_app(one.product_id, one.token)


def _change_plan(state: State, at: datetime, asked: requests.ChangePlan) -> Json:
    plan = Plan(
        product_id=asked.product_id,
        period_days=requests.days_of(asked.period),
        price_micros=asked.price_micros,
    )
    change = subscriptions.defer_plan if asked.deferred else subscriptions.change_plan
    new = change(state, at, _subscription(state, asked), plan, late=asked.late_seconds)
    return requests.sent_by_app(plan.product_id, new.token)


def _resubscribe(state: State, at: datetime, asked: requests.Token) -> Json:
    new = subscriptions.resubscribe(state, at, _subscription(state, asked))
    return requests.sent_by_app(new.product_id, new.token)


def _refund(state: State, at: datetime, asked: requests.GiveBack) -> Json:
    bought = _any(state, asked)
    if isinstance(bought, OneTime):
        refunds.refund_one_time(state, at, bought, quantity=asked.quantity, revoke=asked.revoke)
    else:
        refunds.refund_subscription(state, at, bought, revoke=asked.revoke)
    return requests.sent_by_app(bought.product_id, bought.token)


def _complete(state: State, at: datetime, asked: requests.Token) -> Json:
    bought = _any(state, asked)
    if isinstance(bought, OneTime):
        one_time.complete(state, at, bought)
    else:
        subscriptions.complete(state, at, bought)
    return requests.sent_by_app(bought.product_id, bought.token)


def _cancel_pending(state: State, at: datetime, asked: requests.Token) -> Json:
    bought = _any(state, asked)
    if isinstance(bought, OneTime):
        one_time.cancel_pending(state, at, bought)
    else:
        subscriptions.cancel_pending(state, at, bought)
    return requests.sent_by_app(bought.product_id, bought.token)


def _review_refund(state: State, at: datetime, asked: requests.Token) -> Json:
    bought = _any(state, asked)
    order_id = bought.order_id if isinstance(bought, OneTime) else bought.latest_order_id
    review = refunds.ask_review(state, at, order_id or "")
    sent = requests.sent_by_app(bought.product_id, bought.token)
    return {**sent, "pending_refund_token": review.token, "order_id": review.order_id}


def _move_time(state: State, _at: datetime, asked: requests.MoveTime) -> Json:
    state.offset_seconds += asked.by.total_seconds()
    due.run(state, now(state))
    return {"now": now(state).isoformat()}


def _test(state: State, at: datetime, _asked: BaseModel) -> Json:
    notices.tell(state, at, "testNotification", {"version": "1.0"})
    return {}


def _plain(happens: Callable[[State, datetime, Subscription], None]) -> Any:
    def carry_out(state: State, at: datetime, asked: requests.Token) -> Json:
        one = _subscription(state, asked)
        happens(state, at, one)
        return requests.sent_by_app(one.product_id, one.token)

    return requests.Token, carry_out


def _lasting(happens: Callable[..., None]) -> Any:
    def carry_out(state: State, at: datetime, asked: requests.Days) -> Json:
        one = _subscription(state, asked)
        happens(state, at, one, days=asked.days)
        return requests.sent_by_app(one.product_id, one.token)

    return requests.Days, carry_out


_ACTIONS: Mapping[str, tuple[type[BaseModel], Callable[[State, datetime, Any], Json]]] = {
    "buy": (requests.Buy, _buy),
    "subscribe": (requests.Subscribe, _subscribe),
    "complete-pending": (requests.Token, _complete),
    "cancel-pending": (requests.Token, _cancel_pending),
    "renew": _plain(subscriptions.renew),
    "cancel": _plain(subscriptions.cancel),
    "restart": _plain(subscriptions.restart),
    "expire": _plain(subscriptions.expire),
    "grace": _lasting(subscriptions.grace),
    "hold": _plain(subscriptions.hold),
    "pause": _lasting(subscriptions.pause),
    "change-plan": (requests.ChangePlan, _change_plan),
    "resubscribe": (requests.Token, _resubscribe),
    "refund": (requests.GiveBack, _refund),
    "review-refund": (requests.Token, _review_refund),
    "move-time": (requests.MoveTime, _move_time),
    "test": (requests.Nothing, _test),
}


def _any(state: State, asked: requests.Token) -> OneTime | Subscription:
    """Return the purchase that is meant: without token the latest of all."""
    if asked.purchase_token:
        return state.one_time.get(asked.purchase_token) or subscriptions.find(
            state, asked.purchase_token
        )
    everything: list[OneTime | Subscription] = [
        *state.one_time.values(),
        *state.subscriptions.values(),
    ]
    if not everything:
        raise bad("Nothing has been bought yet.")
    return max(everything, key=lambda one: one.created_at)


def _subscription(state: State, asked: requests.Token) -> Subscription:
    if asked.purchase_token:
        return subscriptions.find(state, asked.purchase_token)
    if not state.subscriptions:
        raise bad("There is no subscription yet.")
    return max(state.subscriptions.values(), key=lambda one: one.created_at)
