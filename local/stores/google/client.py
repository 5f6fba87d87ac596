"""Asks Google's running stand-in for something, as a command does."""

import json
import urllib.error
import urllib.request
from typing import Any

import typer

from local.stores import offered, receipts


def sell(context: typer.Context, action: str, product_id: str, **body: Any) -> None:
    """Have it sell something, unless another command does."""
    offered.check(context.obj.endpoints(), "google", action, product_id)
    ask(context, action, product_id=product_id, **body)


def ask(context: typer.Context, action: str, **body: Any) -> None:
    """Have the running store do something, and print what an app would send then."""
    if body.get("purchase_token"):
        body["purchase_token"] = receipts.named(body["purchase_token"], "purchase_token")
    sent = json.dumps(body | ({"lost": True} if context.obj.lost else {})).encode()
    url = context.obj.endpoints()["google_url"]
    request = urllib.request.Request(f"{url}/_store/{action}", data=sent)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        refused = json.load(error)["error"]["message"]
        raise typer.BadParameter(refused) from error
    if "store" not in told:
        typer.echo(json.dumps(told))
        return
    names = ("store", "product_id", "purchase_token")
    about = {name: value for name, value in told.items() if name not in names}
    receipts.show({name: told[name] for name in names}, **about)
