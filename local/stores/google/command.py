"""`python -m local google`: what buyers, banks and Google do, at the running stand-in.

Each command prints, as JSON, what an app would send to `POST /purchases`.
"""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from local import aws
from local.layout import Place
from local.processes import LocalError

app = typer.Typer(no_args_is_help=True, help=__doc__)

Token = Annotated[str | None, typer.Argument(help="A purchase token; else the latest purchase.")]
Product = Annotated[str, typer.Argument(help="The product's id in Google Play.")]
Account = Annotated[str | None, typer.Option(help="obfuscatedExternalAccountId: the viewer's id.")]
Region = Annotated[str, typer.Option(help="The buyer's country.")]
Price = Annotated[int, typer.Option(help="In millionths, of one piece or period.")]
Currency = Annotated[str, typer.Option(help="ISO 4217.")]
Test = Annotated[bool, typer.Option("--test", help="By a licence tester: sandbox.")]
Pending = Annotated[bool, typer.Option("--pending", help="To be paid in cash, later.")]
Blank = Annotated[bool, typer.Option("--no-order", help="With a blank order id.")]
Period = Annotated[str, typer.Option(help="ISO 8601, of one unit: P1W, P1M, P1Y.")]
Lost = Annotated[bool, typer.Option("--lost", help="Its notifications reach nobody.")]
State = Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")]


@app.callback()
def _place(context: typer.Context, *, state: State = Place.state, lost: Lost = False) -> None:
    context.obj = state
    context.meta["also"] = {"lost": True} if lost else {}


@app.command()
def buy(
    context: typer.Context,
    *,
    product_id: Product,
    quantity: Annotated[int, typer.Option(help="How many pieces.")] = 1,
    account: Account = None,
    region: Region = "US",
    price_micros: Price = 4_990_000,
    currency: Currency = "USD",
    test: Test = False,
    pending: Pending = False,
    no_order: Blank = False,
) -> None:
    """Buy a one-time product."""
    body = {"product_id": product_id, "quantity": quantity, "pending": pending}
    buyer = _buyer(account, region, price_micros, currency, test)
    _ask(context, "buy", **body, order=not no_order, buyer=buyer)


@app.command()
def subscribe(
    context: typer.Context,
    *,
    product_id: Product,
    period: Period = "P1W",
    add_on: Annotated[
        list[str] | None, typer.Option(help="Another product in the same purchase.")
    ] = None,
    account: Account = None,
    region: Region = "US",
    price_micros: Price = 9_990_000,
    currency: Currency = "USD",
    test: Test = False,
    pending: Pending = False,
    no_order: Blank = False,
) -> None:
    """Begin a subscription."""
    body = {"product_id": product_id, "period": period, "add_ons": add_on or [], "pending": pending}
    buyer = _buyer(account, region, price_micros, currency, test)
    _ask(context, "subscribe", **body, order=not no_order, buyer=buyer)


@app.command("complete-pending")
def complete_pending(context: typer.Context, token: Token = None) -> None:
    """Pay a pending purchase."""
    _ask(context, "complete-pending", purchase_token=token)


@app.command("cancel-pending")
def cancel_pending(context: typer.Context, token: Token = None) -> None:
    """Never pay a pending purchase."""
    _ask(context, "cancel-pending", purchase_token=token)


@app.command()
def renew(context: typer.Context, token: Token = None) -> None:
    """Renew a subscription now; also out of grace, hold or a pause."""
    _ask(context, "renew", purchase_token=token)


@app.command()
def cancel(context: typer.Context, token: Token = None) -> None:
    """Stop renewing; what is paid stays open."""
    _ask(context, "cancel", purchase_token=token)


@app.command()
def restart(context: typer.Context, token: Token = None) -> None:
    """Renew a canceled subscription again after all."""
    _ask(context, "restart", purchase_token=token)


@app.command()
def expire(context: typer.Context, token: Token = None) -> None:
    """End a subscription now."""
    _ask(context, "expire", purchase_token=token)


Days = Annotated[int, typer.Option(min=1, help="For how many days.")]


@app.command()
def grace(context: typer.Context, token: Token = None, days: Days = 3) -> None:
    """Let a renewal fail, and keep the subscription open for some days."""
    _ask(context, "grace", purchase_token=token, days=days)


@app.command()
def hold(context: typer.Context, token: Token = None) -> None:
    """Let a renewal fail, and close the subscription until it is paid."""
    _ask(context, "hold", purchase_token=token)


@app.command()
def pause(context: typer.Context, token: Token = None, days: Days = 7) -> None:
    """Pause a subscription."""
    _ask(context, "pause", purchase_token=token, days=days)


@app.command("change-plan")
def change_plan(
    context: typer.Context,
    *,
    product_id: Product,
    token: Token = None,
    period: Period = "P1M",
    price_micros: Price = 14_990_000,
    late_seconds: Annotated[float, typer.Option(help="Until the old plan's end is told.")] = 5,
) -> None:
    """Go on with another plan: a new token; the old one ends and is told of later."""
    body = {"period": period, "price_micros": price_micros, "late_seconds": late_seconds}
    _ask(context, "change-plan", product_id=product_id, purchase_token=token, **body)


@app.command()
def refund(
    context: typer.Context,
    token: Token = None,
    quantity: Annotated[int | None, typer.Option(min=1, help="How many pieces; else all.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="The buyer keeps it: no revoke.")] = False,
) -> None:
    """Give a purchase back, wholly or some of its pieces; a subscription's latest period."""
    _ask(context, "refund", purchase_token=token, quantity=quantity, revoke=not keep)


@app.command("review-refund")
def review_refund(context: typer.Context, token: Token = None) -> None:
    """Have Google ask what we think of a refund; after 24 hours it decides without us."""
    _ask(context, "review-refund", purchase_token=token)


@app.command("move-time")
def move_time(
    context: typer.Context,
    days: Annotated[float, typer.Option(min=0)] = 0,
    hours: Annotated[float, typer.Option(min=0)] = 0,
) -> None:
    """Move the store's clock forward; what was due meanwhile happens."""
    _ask(context, "move-time", days=days, hours=hours)


@app.command()
def redeliver(
    context: typer.Context,
    count: Annotated[int, typer.Option(min=1, help="How many of the latest.")] = 1,
) -> None:
    """Push the latest notifications once more, under the same ids."""
    _ask(context, "redeliver", count=count)


@app.command()
def test(context: typer.Context) -> None:
    """Push a test notification."""
    _ask(context, "test")


def _buyer(
    account: str | None, region: str, price_micros: int, currency: str, is_test: bool
) -> dict[str, Any]:
    named = {"account_id": account, "region": region, "currency": currency}
    return {**named, "price_micros": price_micros, "is_test": is_test}


def _ask(context: typer.Context, action: str, **body: Any) -> None:
    try:
        url = aws.endpoints(Place(context.obj.resolve()))["google_url"]
    except LocalError as error:
        raise typer.BadParameter(str(error)) from error
    sent = json.dumps(body | context.meta["also"]).encode()
    request = urllib.request.Request(f"{url}/_store/{action}", data=sent)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            typer.echo(json.dumps(json.load(answer)))
    except urllib.error.HTTPError as error:
        refused = json.load(error)["error"]["message"]
        raise typer.BadParameter(refused) from error
