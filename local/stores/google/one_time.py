"""One-time purchases: bought, perhaps paid later in a shop, acknowledged, consumed."""

import secrets
from datetime import datetime

from local.stores.google import notices
from local.stores.google.errors import bad, unknown_token
from local.stores.google.records import Buyer, OneTime, Order, State


def new_token() -> str:
    """Return a purchase token of the length and letters of Google's."""
    return f"{secrets.token_hex(12)}.AO-J1O{secrets.token_urlsafe(80)}"


def new_order_id() -> str:
    """Return an order id of the form of Google's."""
    digits = "".join(secrets.choice("0123456789") for _ in range(17))
    return f"GPA.{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}"


def buy(
    state: State,
    at: datetime,
    *,
    product_id: str,
    quantity: int,
    buyer: Buyer,
    is_pending: bool,
    has_order: bool,
) -> OneTime:
    """Make a purchase. A pending one waits for cash; one without order is a promotion's."""
    bought = OneTime(
        token=new_token(),
        product_id=product_id,
        quantity=quantity,
        refundable_quantity=quantity,
        state="PENDING",
        buyer=buyer,
        order_id=new_order_id() if has_order else None,
        created_at=at,
    )
    state.one_time[bought.token] = bought
    if not is_pending:
        complete(state, at, bought)
    return bought


def complete(state: State, at: datetime, bought: OneTime) -> None:
    """Take the money."""
    _require(bought, "PENDING")
    bought.state, bought.completed_at = "PURCHASED", at
    if bought.order_id:
        state.orders[bought.order_id] = Order(
            id=bought.order_id,
            token=bought.token,
            product_id=bought.product_id,
            quantity=bought.quantity,
            micros=bought.buyer.price_micros * bought.quantity,
            currency=bought.buyer.currency,
            region=bought.buyer.region,
            created_at=at,
        )
    notices.tell_one_time(state, at, notices.ONE_TIME_PURCHASED, bought)


def cancel_pending(state: State, at: datetime, bought: OneTime) -> None:
    """Give up waiting for the money."""
    _require(bought, "PENDING")
    bought.state = "CANCELLED"
    notices.tell_one_time(state, at, notices.ONE_TIME_CANCELED, bought)


def find(state: State, token: str) -> OneTime:
    """Return a purchase by its token.

    Raises:
        ApiError: there is none.
    """
    if token not in state.one_time:
        raise unknown_token()
    return state.one_time[token]


def acknowledge(state: State, product_id: str, token: str) -> None:
    """Take an acknowledgement; once more is harmless."""
    _of(state, product_id, token).is_acknowledged = True


def consume(state: State, product_id: str, token: str) -> None:
    """Consume it, which acknowledges it too. The second time its buyer no longer has it."""
    bought = _of(state, product_id, token)
    if bought.is_consumed:
        raise bad("The product purchase is not owned by the user.", "productNotOwnedByUser")
    bought.is_consumed = bought.is_acknowledged = True


def _of(state: State, product_id: str, token: str) -> OneTime:
    bought = find(state, token)
    if bought.product_id != product_id:
        raise bad(
            "The purchase token does not match the product ID.",
            "purchaseTokenDoesNotMatchProductId",
        )
    if bought.state != "PURCHASED":
        raise bad("The product purchase is not owned by the user.", "productNotOwnedByUser")
    return bought


def _require(bought: OneTime, expected: str) -> None:
    if bought.state != expected:
        raise bad(f"This purchase is {bought.state}, not {expected}.")
