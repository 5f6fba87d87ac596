"""What a tool may do in the store: `POST /_store/{name}`, each with an input of its own."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from local.stores.apple import lifecycle, refunds, selling
from local.stores.apple.courier import Courier
from local.stores.apple.errors import bad_request, not_found
from local.stores.apple.outcome import outcome
from local.stores.apple.records import Notification, Plan, Transaction
from local.stores.apple.requests import Grace, One, Passing, PlanChange, Refund, RefundRequest
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

    Raises:
        StoreError: there is no such thing to do, or not like this.
    """
    if name == "advance":
        courier.advance(_read(Passing, body).seconds)
        return {"now": store.now()}
    with store.changing():
        result = _done(store, name, body)
    courier.wake()
    return result.model_dump(mode="json", exclude_none=True)


def _done(store: Store, name: str, body: bytes) -> BaseModel:
    if name in _SALES:
        sale, sell = _SALES[name]
        return sell(store, _meant(store, name, _read(sale, body)))
    if name not in _CHANGES:
        known = ", ".join(sorted([*_SALES, *_CHANGES, "advance"]))
        raise not_found(f"The store has no {name!r}. It has: {known}", 4040000)
    change, work = _CHANGES[name]
    wanted = _meant(store, name, _read(change, body))
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


def _read(model: type[Any], body: bytes) -> Any:
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
        ]
        raise bad_request("; ".join(faults)) from error
