"""`python -m local google`: what buyers, banks and Google do, at the running stand-in.

Each command prints, as JSON, what an app would send to `POST /purchases`.
"""

from typing import Annotated, Any

import typer

from local.stores.asked import StoreCommands, Viewer, common
from local.stores.google.client import ask, sell

app = typer.Typer(cls=StoreCommands, no_args_is_help=True, callback=common, help=__doc__)

_WHICH = (
    "A purchase token, what a command before printed, or `-` to read that from stdin; else the"
    " latest purchase."
)
Token = Annotated[str | None, typer.Argument(help=_WHICH)]
Product = Annotated[str, typer.Argument(help="The product's id in Google Play.")]
Region = Annotated[str, typer.Option(help="The buyer's country.")]
Price = Annotated[int, typer.Option(help="In millionths, of one piece or period.")]
Currency = Annotated[str, typer.Option(help="ISO 4217.")]
Test = Annotated[bool, typer.Option("--test", help="By a licence tester: sandbox.")]
Pending = Annotated[bool, typer.Option("--pending", help="To be paid in cash, later.")]
Blank = Annotated[bool, typer.Option("--no-order", help="With a blank order id.")]
Period = Annotated[str, typer.Option(help="ISO 8601, of one unit: P1W, P1M, P1Y.")]


@app.command()
def buy(
    context: typer.Context,
    *,
    product_id: Product,
    quantity: Annotated[int, typer.Option(help="How many pieces.")] = 1,
    viewer: Viewer = None,
    region: Region = "US",
    price_micros: Price = 4_990_000,
    currency: Currency = "USD",
    test: Test = False,
    pending: Pending = False,
    no_order: Blank = False,
) -> None:
    """Buy a one-time product."""
    body = {"quantity": quantity, "pending": pending}
    buyer = _buyer(viewer, region, price_micros, currency, test)
    sell(context, "buy", product_id, **body, order=not no_order, buyer=buyer)


@app.command()
def subscribe(
    context: typer.Context,
    *,
    product_id: Product,
    period: Period = "P1W",
    add_on: Annotated[
        list[str] | None, typer.Option(help="Another product in the same purchase.")
    ] = None,
    viewer: Viewer = None,
    region: Region = "US",
    price_micros: Price = 9_990_000,
    currency: Currency = "USD",
    test: Test = False,
    pending: Pending = False,
    no_order: Blank = False,
) -> None:
    """Begin a subscription."""
    body = {"period": period, "add_ons": add_on or [], "pending": pending}
    buyer = _buyer(viewer, region, price_micros, currency, test)
    sell(context, "subscribe", product_id, **body, order=not no_order, buyer=buyer)


@app.command("complete-pending")
def complete_pending(context: typer.Context, token: Token = None) -> None:
    """Pay a pending purchase."""
    ask(context, "complete-pending", purchase_token=token)


@app.command("cancel-pending")
def cancel_pending(context: typer.Context, token: Token = None) -> None:
    """Never pay a pending purchase."""
    ask(context, "cancel-pending", purchase_token=token)


@app.command()
def renew(context: typer.Context, token: Token = None) -> None:
    """Renew a subscription now; also out of grace, hold or a pause."""
    ask(context, "renew", purchase_token=token)


@app.command()
def cancel(context: typer.Context, token: Token = None) -> None:
    """Stop renewing; what is paid stays open."""
    ask(context, "cancel", purchase_token=token)


@app.command()
def restart(context: typer.Context, token: Token = None) -> None:
    """Renew a canceled subscription again after all."""
    ask(context, "restart", purchase_token=token)


@app.command()
def expire(context: typer.Context, token: Token = None) -> None:
    """End a subscription now."""
    ask(context, "expire", purchase_token=token)


@app.command()
def resubscribe(context: typer.Context, token: Token = None) -> None:
    """Begin a subscription again after its end, in the Play Store: a new token, bound to nobody."""
    ask(context, "resubscribe", purchase_token=token)


Days = Annotated[int, typer.Option(min=1, help="For how many days.")]


@app.command()
def grace(context: typer.Context, token: Token = None, days: Days = 3) -> None:
    """Let a renewal fail, and keep the subscription open for some days."""
    ask(context, "grace", purchase_token=token, days=days)


@app.command()
def hold(context: typer.Context, token: Token = None) -> None:
    """Let a renewal fail, and close the subscription until it is paid."""
    ask(context, "hold", purchase_token=token)


@app.command()
def pause(context: typer.Context, token: Token = None, days: Days = 7) -> None:
    """Pause a subscription."""
    ask(context, "pause", purchase_token=token, days=days)


@app.command("change-plan")
def change_plan(
    context: typer.Context,
    *,
    product_id: Product,
    token: Token = None,
    period: Period = "P1M",
    price_micros: Price = 14_990_000,
    late_seconds: Annotated[float, typer.Option(help="Until the old plan's end is told.")] = 5,
    deferred: Annotated[
        bool, typer.Option("--deferred", help="Keep the old plan until the next renewal.")
    ] = False,
) -> None:
    """Go on with another plan: a new token; the old one ends and is told of later."""
    body: dict[str, Any] = {"period": period, "price_micros": price_micros}
    body |= {"late_seconds": late_seconds, "deferred": deferred}
    sell(context, "change-plan", product_id, purchase_token=token, **body)


@app.command()
def refund(
    context: typer.Context,
    token: Token = None,
    quantity: Annotated[int | None, typer.Option(min=1, help="How many pieces; else all.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="The buyer keeps it: no revoke.")] = False,
) -> None:
    """Give a purchase back, wholly or some of its pieces; a subscription's latest period."""
    ask(context, "refund", purchase_token=token, quantity=quantity, revoke=not keep)


@app.command("review-refund")
def review_refund(context: typer.Context, token: Token = None) -> None:
    """Have Google ask what we think of a refund; after 24 hours it decides without us."""
    ask(context, "review-refund", purchase_token=token)


@app.command("move-time")
def move_time(
    context: typer.Context,
    days: Annotated[float, typer.Option(min=0)] = 0,
    hours: Annotated[float, typer.Option(min=0)] = 0,
) -> None:
    """Move the store's clock forward; what was due meanwhile happens."""
    ask(context, "move-time", days=days, hours=hours)


@app.command()
def redeliver(
    context: typer.Context,
    count: Annotated[int, typer.Option(min=1, help="How many of the latest.")] = 1,
) -> None:
    """Push the latest notifications once more, under the same ids."""
    ask(context, "redeliver", count=count)


@app.command()
def test(context: typer.Context) -> None:
    """Push a test notification."""
    ask(context, "test")


def _buyer(
    viewer: str | None, region: str, price_micros: int, currency: str, is_test: bool
) -> dict[str, Any]:
    named = {"account_id": viewer, "region": region, "currency": currency}
    return {**named, "price_micros": price_micros, "is_test": is_test}
