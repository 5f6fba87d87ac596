"""Whether the studio offers what a store is about to sell, and as what."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlencode

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
    kinds = {one.get(f"{store}_product_id"): one["kind"] for one in _products(endpoints)}
    return kinds.get(product_id)


def _products(endpoints: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return what a viewer is offered, page by page."""
    headers = {"Authorization": f"Bearer {sign_in(endpoints).access_token}"}
    url = f"{endpoints['api_url']}/products"
    cursor: str | None = ""
    while cursor is not None:
        asked = urllib.request.Request(url + cursor, headers=headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            page = json.load(answer)
        yield from page["items"]
        following = page["next_cursor"]
        cursor = f"?{urlencode({'cursor': following})}" if following else None


def _warn(what: str) -> None:
    typer.echo(f"Warning: {what}", err=True)
