"""Whether the studio offers what a store is about to sell, and as what."""

import json
import urllib.request
from typing import Any, Literal

import typer
from botocore.exceptions import BotoCoreError, ClientError

from local.aws import sign_in

Store = Literal["apple", "google"]
_COMMANDS = {"coins": ("buy",), "vip": ("subscribe", "change-plan")}
_WORDS = {"coins": "a pack of coins, which is bought once", "vip": "a subscription"}


def check(endpoints: dict[str, Any], store: Store, command: str, product_id: str) -> None:
    """Refuse a sale of the wrong kind, and warn of one that the backend cannot grant.

    A store sells what the studio does not know: the backend holds that until it does.

    Args:
        endpoints: of the local cloud.
        store: which one sells.
        command: how it was asked to.
        product_id: the store's own id.

    Raises:
        typer.BadParameter: another command sells this; the message names it.
    """
    try:
        kind = _kind(endpoints, store, product_id)
    except (OSError, ValueError, ClientError, BotoCoreError) as error:
        _warn(f"what the studio offers cannot be seen: {error}")
        return
    if kind is None:
        _warn(
            f"the studio offers no product with the {store}_product_id {product_id}. The backend"
            " holds the purchase until it does (PUT /studio/products/...)."
        )
    elif command not in _COMMANDS[kind]:
        right = _COMMANDS[kind][0]
        raise typer.BadParameter(
            f"{product_id} is {_WORDS[kind]}: `python -m local {store} {right} {product_id}`."
        )


def _kind(endpoints: dict[str, Any], store: Store, product_id: str) -> str | None:
    token = sign_in(endpoints).access_token
    request = urllib.request.Request(
        f"{endpoints['api_url']}/products", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        items = json.load(answer)["items"]
    kinds = [one["kind"] for one in items if one.get(f"{store}_product_id") == product_id]
    return kinds[0] if kinds else None


def _warn(what: str) -> None:
    typer.echo(f"Warning: {what}", err=True)
