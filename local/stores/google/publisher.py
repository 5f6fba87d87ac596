"""The calls of the Play Developer API that the stand-in answers.

https://developers.google.com/android-publisher/api-ref/rest/v3
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from local.stores.google import one_time, refunds, subscriptions, views
from local.stores.google.errors import ApiError, bad
from local.stores.google.records import State, Voided

_APP = re.compile(r"/androidpublisher/v3/applications/([^/]+)/(.+)")
_PATHS = {
    "one_time": re.compile(r"GET purchases/productsv2/tokens/([^/]+)"),
    "subscription": re.compile(r"GET purchases/subscriptionsv2/tokens/([^/]+)"),
    "product": re.compile(r"POST purchases/products/([^/]+)/tokens/([^/:]+):(acknowledge|consume)"),
    "plan": re.compile(r"POST purchases/subscriptions/([^/]+)/tokens/([^/:]+):(acknowledge)"),
    "voided": re.compile(r"GET purchases/voidedpurchases"),
    "order": re.compile(r"GET orders/([^/:]+)"),
    "refund": re.compile(r"POST orders/([^/:]+):(refund|reviewrefund)"),
}
_PREFERENCES = {"APPROVE", "DECLINE", "NEUTRAL"}
_PAGE = 1000
_REACHES_BACK = timedelta(days=30)


def answer(
    state: State,
    at: datetime,
    package_name: str,
    *,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: Mapping[str, Any],
) -> dict[str, Any]:
    """Answer one call.

    Raises:
        ApiError: any answer other than success.
    """
    found = _APP.fullmatch(path)
    if not found or unquote(found[1]) != package_name:
        raise ApiError(
            HTTPStatus.NOT_FOUND, "applicationNotFound", "No application was found for this name."
        )
    for name, pattern in _PATHS.items():
        match = pattern.fullmatch(f"{method} {found[2]}")
        if match:
            parts = [unquote(one) for one in match.groups()]
            return _call(state, at, (name, *parts), query, body)
    raise ApiError(HTTPStatus.NOT_FOUND, "notFound", f"The stand-in has no {method} {path}")


def _call(
    state: State,
    at: datetime,
    asked: tuple[str, ...],
    query: Mapping[str, str],
    body: Mapping[str, Any],
) -> dict[str, Any]:
    match asked:
        case "one_time", token:
            return views.product_purchase(one_time.find(state, token))
        case "subscription", token:
            return views.subscription_purchase(subscriptions.find(state, token))
        case "product", product_id, token, "acknowledge":
            one_time.acknowledge(state, product_id, token)
        case "product", product_id, token, _:
            one_time.consume(state, product_id, token)
        case "plan", product_id, token, _:
            _acknowledge_plan(state, product_id, token)
        case ("voided",):
            return _voided(state, at, query)
        case "order", order_id:
            return _order(state, order_id)
        case "refund", order_id, "refund":
            refund_order(state, at, order_id, revoke=query.get("revoke") == "true")
        case "refund", order_id, _:
            _review(state, at, order_id, body)
    return {}


def _acknowledge_plan(state: State, product_id: str, token: str) -> None:
    one = subscriptions.find(state, token)
    if product_id not in (one.product_id, *one.add_ons) or one.state not in subscriptions.PAYING:
        raise bad("The subscription purchase is not owned by the user.", "notOwnedByUser")
    one.is_acknowledged = True


def _order(state: State, order_id: str) -> dict[str, Any]:
    order = state.orders.get(order_id)
    if order is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "orderNotFound", "The order was not found.")
    bought = state.one_time.get(order.token) or state.subscriptions[order.token]
    return views.order_resource(order, bought.buyer)


def _voided(state: State, at: datetime, query: Mapping[str, str]) -> dict[str, Any]:
    start = at - _REACHES_BACK
    if "startTime" in query:
        asked = datetime.fromtimestamp(int(query["startTime"]) / 1000, UTC)
        # Whoever asks goes by the real time, which no tool moves.
        if asked < datetime.now(UTC) - _REACHES_BACK:
            raise bad("startTime is older than 30 days.")
        start = max(start, asked)
    found = [one for one in state.voided if one.voided_at >= start and _is_asked(one, query)]
    size, first = min(int(query.get("maxResults", _PAGE)), _PAGE), int(query.get("token", 0))
    page: dict[str, Any] = {
        "voidedPurchases": [views.voided_purchase(one) for one in found[first : first + size]]
    }
    if len(found) > first + size:
        page["tokenPagination"] = {"nextPageToken": str(first + size)}
    return page


def _is_asked(one: Voided, query: Mapping[str, str]) -> bool:
    with_partial = query.get("includeQuantityBasedPartialRefund") == "true"
    return (query.get("type") == "1" or not one.is_subscription) and (
        with_partial or one.quantity is None
    )


def refund_order(state: State, at: datetime, order_id: str, *, revoke: bool) -> None:
    """Give an order back wholly (`orders.refund`)."""
    order = refunds.order_of(state, order_id)
    if order.token in state.one_time:
        bought = state.one_time[order.token]
        refunds.refund_one_time(state, at, bought, quantity=None, revoke=revoke)
    else:
        one = state.subscriptions[order.token]
        refunds.refund_subscription(state, at, one, revoke=revoke, order_id=order_id)


def _review(state: State, at: datetime, order_id: str, body: Mapping[str, Any]) -> None:
    review = state.reviews.get(body.get("pendingRefundToken", ""))
    if review is None or review.order_id != order_id:
        raise bad("The pending refund token is not valid.")
    if review.is_closed:
        raise bad("This refund is no longer pending.")
    if body.get("refundPreference") not in _PREFERENCES or "sampleContentProvided" not in body:
        raise bad("refundPreference and sampleContentProvided are required.")
    if not 0 <= int(body.get("consumptionPercentageMilliunits", 0)) <= 100_000:
        raise bad("consumptionPercentageMilliunits is out of range.")
    review.answer = dict(body)
    refunds.decide(state, at, review)
