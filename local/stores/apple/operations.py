"""What a tool may do in the store: `POST /_store/{name}`, each with an input of its own."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from local.stores.apple import lifecycle, refunds, selling
from local.stores.apple.courier import Courier
from local.stores.apple.errors import bad_request, not_found
from local.stores.apple.outcome import outcome
from local.stores.apple.records import Notification, Plan, Transaction
from local.stores.apple.requests import (
    Grace,
    One,
    Passing,
    PlanChange,
    Redelivery,
    Refund,
    RefundRequest,
)
from local.stores.apple.selling import NewSubscription, Purchase, Share
from local.stores.apple.store import Store

Input = BaseModel
Work = Callable[[Store, Any], Notification | None]


def _on_line(work: Callable[[Store, Any, Any], Notification]) -> Work:
    return lambda store, wanted: work(store, store.line(wanted.transaction_id), wanted)


def _on_transaction(work: Callable[[Store, Transaction, Any], Notification | None]) -> Work:
    return lambda store, wanted: work(store, store.transaction(wanted.transaction_id), wanted)


def _changed(store: Store, line: Any, wanted: PlanChange) -> Notification:
    plan = Plan(product_id=wanted.product_id, price=wanted.price, period=wanted.period)
    return lifecycle.change_plan(store, line, plan, wanted.direction)


_SALES: dict[str, tuple[type[Input], Callable[[Store, Any], BaseModel]]] = {
    "buy": (Purchase, selling.buy),
    "subscribe": (NewSubscription, selling.subscribe),
    "share": (Share, selling.share),
}
_CHANGES: dict[str, tuple[type[Input], Work]] = {
    "renew": (One, _on_line(lambda s, line, _: lifecycle.renew(s, line))),
    "cancel": (One, _on_line(lambda s, line, _: lifecycle.set_renewal(s, line, on=False))),
    "resume": (One, _on_line(lambda s, line, _: lifecycle.set_renewal(s, line, on=True))),
    "expire": (One, _on_line(lambda s, line, _: lifecycle.expire(s, line))),
    "grace": (
        Grace,
        _on_line(lambda s, line, w: lifecycle.fail_to_renew(s, line, grace_days=w.days)),
    ),
    "billing-retry": (
        One,
        _on_line(lambda s, line, _: lifecycle.fail_to_renew(s, line, grace_days=0)),
    ),
    "change-plan": (PlanChange, _on_line(_changed)),
    "refund": (Refund, _on_transaction(lambda s, t, w: refunds.refund(s, t, w.percentage))),
    "reverse": (One, _on_transaction(lambda s, t, _: refunds.reverse(s, t))),
    "decline": (One, _on_transaction(lambda s, t, _: refunds.decline(s, t))),
    "revoke": (One, _on_transaction(lambda s, t, _: refunds.revoke(s, t))),
    "ask-consumption": (
        RefundRequest,
        _on_transaction(lambda s, t, w: refunds.ask_consumption(s, t, w.reason)),
    ),
    "show": (One, _on_transaction(lambda _s, _t, _w: None)),
}
_OF_ANYTHING = {"refund", "reverse", "decline", "revoke", "ask-consumption", "show"}
# After these the newest period is what an app has in its hands.
_MOVE_ON = {"renew", "change-plan"}


def run(store: Store, courier: Courier, name: str, body: bytes) -> Any:
    """Do one thing and return what came of it, ready for JSON.

    With `lost` in its body nobody is told of it, nor of what came with it.

    Raises:
        StoreError: there is no such thing to do, or not like this.
    """
    words = _json(body)
    lost = words.pop("lost", False) is True
    match name:
        case "advance":
            passing: Passing = _read(Passing, words)
            with store.losing(lost=lost):
                courier.advance(passing.seconds)
            return {"now": store.now()}
        case "redeliver":
            again: Redelivery = _read(Redelivery, words)
            return {"notification_uuids": courier.redeliver(again.count)}
    with store.changing(), store.losing(lost=lost):
        result = _done(store, name, words)
    courier.wake()
    return result.model_dump(mode="json", exclude_none=True)


def _done(store: Store, name: str, words: dict[str, Any]) -> BaseModel:
    if name in _SALES:
        sale, sell = _SALES[name]
        return sell(store, _meant(store, name, _read(sale, words)))
    if name not in _CHANGES:
        known = ", ".join(sorted([*_SALES, *_CHANGES, "advance", "redeliver"]))
        raise not_found(f"The store has no {name!r}. It has: {known}", 4040000)
    change, work = _CHANGES[name]
    wanted = _meant(store, name, _read(change, words))
    made = work(store, wanted)
    transaction = store.transaction(wanted.transaction_id)
    if name in _MOVE_ON:
        transaction = store.latest(store.line(transaction.id))
    return outcome(store, transaction, made)


def _meant(store: Store, name: str, wanted: Any) -> Any:
    """Return it with the transaction that it means when it names none."""
    if getattr(wanted, "transaction_id", "") is not None:
        return wanted
    newest = store.newest(subscriptions_only=name not in _OF_ANYTHING)
    return wanted.model_copy(update={"transaction_id": newest.id})


def _json(body: bytes) -> dict[str, Any]:
    try:
        words = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request(f"The body is no JSON: {error}") from error
    if not isinstance(words, dict):
        raise bad_request("The body is no JSON object.")
    return words


def _read(model: type[Any], words: dict[str, Any]) -> Any:
    try:
        return model.model_validate_json(json.dumps(words))
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
        ]
        raise bad_request("; ".join(faults)) from error
