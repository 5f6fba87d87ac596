"""Asks Apple's running stand-in for something, as a command does."""

import json
from typing import Any

import jwt
import typer
import urllib3

from local.stores import offered, receipts


def id_of(transaction: str | None) -> str | None:
    """Return the id of a transaction that is named by it, by its signature or by an app's body."""
    if transaction is None:
        return None
    found = receipts.named(transaction, "signed_transaction")
    if found.count(".") != 2:
        return found
    try:
        return str(jwt.decode(found, options={"verify_signature": False})["transactionId"])
    except (jwt.InvalidTokenError, KeyError) as error:
        raise typer.BadParameter("This is no signed transaction.") from error


def sell(context: typer.Context, operation: str, product_id: str, **wanted: Any) -> None:
    """Have it sell something, unless another command does."""
    offered.check(context.obj.endpoints(), "apple", operation, product_id)
    tell(context, operation, product_id=product_id, **wanted)


def tell(context: typer.Context, operation: str, **wanted: Any) -> None:
    """Have the running store do something, and print what an app would send then."""
    url = context.obj.endpoints()["apple_url"]
    also = {"lost": True} if context.obj.lost else {}
    body = {name: value for name, value in wanted.items() if value is not None} | also
    # A clock that moves far delivers much on its way.
    answer = urllib3.request(
        "POST", f"{url}/_store/{operation}", json=body, retries=False, timeout=300
    )
    told = answer.json()
    if answer.status != 200:
        raise typer.BadParameter(told["errorMessage"])
    if "signed_transaction" not in told:
        print(json.dumps(told))
        return
    notice = told.get("notification") or {}
    words = [notice.get("type"), notice.get("subtype"), "(lost)" if context.obj.lost else None]
    receipts.show(
        {"store": "apple", "signed_transaction": told["signed_transaction"]},
        transaction_id=told["transaction_id"],
        original_transaction_id=told["original_transaction_id"],
        status=told.get("status"),
        notification=" ".join(filter(None, words)) if notice else None,
    )
