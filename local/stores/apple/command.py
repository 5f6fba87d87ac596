"""`python -m local apple`: what a customer, or Apple's support, does in the store."""

from collections.abc import Callable
from typing import Annotated, Literal

import typer

from cliffhanger.purchases.apple.account_token import account_token
from local.stores.apple.client import id_of, sell, tell
from local.stores.asked import StoreCommands, Viewer, common

app = typer.Typer(
    cls=StoreCommands,
    add_completion=False,
    no_args_is_help=True,
    callback=common,
    help="Apple's store. Each command prints what an app would send to `POST /purchases`, and on"
    " stderr the ids and what the store tells the backend.",
)

Environment = Annotated[
    Literal["Production", "Sandbox"] | None, typer.Option(help="The store's own otherwise.")
]
_WHICH = (
    "A transaction's id, what a command before printed, or `-` to read that from stdin; else the"
    " latest purchase."
)
Bought = Annotated[str | None, typer.Argument(help=_WHICH)]
_PLAIN = {
    "renew": "Begin the next period; after a grace period or a billing retry, recover.",
    "cancel": "Turn automatic renewal off.",
    "resume": "Turn automatic renewal on again.",
    "expire": "End a subscription now.",
    "billing-retry": "Fail to renew without grace, or end the grace.",
    "reverse": "Take a refund back.",
    "decline": "Decline a refund that was asked for.",
    "revoke": "Take from a family member what was shared.",
    "show": "Sign a transaction again as it is now, as an app that restores gets it.",
}
"""Operations that want nothing but a transaction."""


@app.command()
def buy(
    context: typer.Context,
    product_id: str,
    *,
    viewer: Viewer = None,
    price: Annotated[int, typer.Option(help="Thousandths, of all of it.")] = 4990,
    currency: str = "USD",
    quantity: int = 1,
    storefront: Annotated[str, typer.Option(help="Three letters.")] = "USA",
    environment: Environment = None,
) -> None:
    """Buy a product once: a coin pack."""
    sell(
        context,
        "buy",
        product_id,
        account_token=_token(viewer),
        price=price,
        currency=currency,
        quantity=quantity,
        storefront=storefront,
        environment=environment,
    )


@app.command()
def subscribe(
    context: typer.Context,
    product_id: str,
    *,
    viewer: Viewer = None,
    price: Annotated[int, typer.Option(help="Thousandths, of one period.")] = 5990,
    currency: str = "USD",
    period: Annotated[str, typer.Option(help="ISO 8601: P1W, P1M, P1Y, PT5M.")] = "P1W",
    storefront: Annotated[str, typer.Option(help="Three letters.")] = "USA",
    environment: Environment = None,
) -> None:
    """Begin a subscription, or begin it again."""
    sell(
        context,
        "subscribe",
        product_id,
        account_token=_token(viewer),
        price=price,
        currency=currency,
        period=period,
        storefront=storefront,
        environment=environment,
    )


@app.command()
def grace(
    context: typer.Context,
    transaction: Bought = None,
    days: Annotated[int, typer.Option(help="Of grace.")] = 16,
) -> None:
    """Fail to renew, with days of grace."""
    tell(context, "grace", transaction_id=id_of(transaction), days=days)


@app.command(name="change-plan")
def change_plan(
    context: typer.Context,
    transaction: Annotated[str, typer.Argument(help=_WHICH.partition(";")[0] + ".")],
    product_id: str,
    *,
    direction: Annotated[
        Literal["upgrade", "downgrade", "crossgrade"], typer.Option(help="Which way.")
    ] = "upgrade",
    price: Annotated[int, typer.Option(help="Thousandths, of one period.")] = 9990,
    period: Annotated[str, typer.Option(help="ISO 8601.")] = "P1W",
) -> None:
    """Change to another product of the group: at once, or when the period ends."""
    sell(
        context,
        "change-plan",
        product_id,
        transaction_id=id_of(transaction),
        direction=direction,
        price=price,
        period=period,
    )


@app.command()
def refund(
    context: typer.Context,
    transaction: Bought = None,
    percentage: Annotated[float, typer.Option(help="How much of it.")] = 100,
) -> None:
    """Give the money back, or a part of it."""
    tell(context, "refund", transaction_id=id_of(transaction), percentage=percentage)


@app.command(name="ask-consumption")
def ask_consumption(
    context: typer.Context,
    transaction: Bought = None,
    reason: Annotated[str, typer.Option(help="Apple's reason.")] = "UNINTENDED_PURCHASE",
) -> None:
    """Ask for a refund: the backend is asked what was used."""
    tell(context, "ask-consumption", transaction_id=id_of(transaction), reason=reason)


@app.command()
def share(
    context: typer.Context,
    transaction: Bought = None,
    customer: Annotated[str, typer.Option(help="Which member.")] = "family-member",
) -> None:
    """Share a subscription with a family member."""
    tell(context, "share", transaction_id=id_of(transaction), customer=customer)


@app.command()
def advance(
    context: typer.Context,
    days: Annotated[float, typer.Option(help="How many days.")] = 0,
    hours: Annotated[float, typer.Option(help="How many hours.")] = 0,
) -> None:
    """Move the store's clock forward: what is due meanwhile happens, retries too."""
    tell(context, "advance", seconds=days * 86_400 + hours * 3600)


@app.command()
def redeliver(
    context: typer.Context,
    count: Annotated[int, typer.Option(min=1, help="How many of the latest.")] = 1,
) -> None:
    """Send the latest notifications once more, each with its own notificationUUID."""
    tell(context, "redeliver", count=count)


def _plain(operation: str) -> Callable[[typer.Context, str | None], None]:
    def command(context: typer.Context, transaction: Bought = None) -> None:
        tell(context, operation, transaction_id=id_of(transaction))

    return command


for _name, _help in _PLAIN.items():
    app.command(name=_name, help=_help)(_plain(_name))


def _token(viewer: str | None) -> str | None:
    try:
        return account_token(viewer) if viewer else None
    except ValueError as error:
        raise typer.BadParameter(f"{viewer} is no viewer id", param_hint="--viewer") from error
