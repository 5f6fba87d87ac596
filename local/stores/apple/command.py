"""`python -m local apple`: what a customer, or Apple's support, does in the store."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import urllib3

from cliffhanger.purchases.apple.account_token import account_token
from local import aws
from local.layout import Place
from local.processes import LocalError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Apple's store. Each command prints what an app would have in its hands, as JSON; the"
    " store then tells the backend.",
)

State = Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")]
Viewer = Annotated[str | None, typer.Option(help="Whom it is for: vwr_...; nobody otherwise.")]
Environment = Annotated[
    Literal["Production", "Sandbox"] | None, typer.Option(help="The store's own otherwise.")
]
TransactionId = Annotated[str, typer.Argument(help="As a command before printed it.")]
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
    product_id: str,
    *,
    viewer: Viewer = None,
    price: Annotated[int, typer.Option(help="Thousandths, of all of it.")] = 4990,
    currency: str = "USD",
    quantity: int = 1,
    storefront: Annotated[str, typer.Option(help="Three letters.")] = "USA",
    environment: Environment = None,
    state: State = Place.state,
) -> None:
    """Buy a product once: a coin pack."""
    _tell(
        state,
        "buy",
        product_id=product_id,
        account_token=_token(viewer),
        price=price,
        currency=currency,
        quantity=quantity,
        storefront=storefront,
        environment=environment,
    )


@app.command()
def subscribe(
    product_id: str,
    *,
    viewer: Viewer = None,
    price: Annotated[int, typer.Option(help="Thousandths, of one period.")] = 5990,
    currency: str = "USD",
    period: Annotated[str, typer.Option(help="ISO 8601: P1W, P1M, P1Y, PT5M.")] = "P1W",
    storefront: Annotated[str, typer.Option(help="Three letters.")] = "USA",
    environment: Environment = None,
    state: State = Place.state,
) -> None:
    """Begin a subscription, or begin it again."""
    _tell(
        state,
        "subscribe",
        product_id=product_id,
        account_token=_token(viewer),
        price=price,
        currency=currency,
        period=period,
        storefront=storefront,
        environment=environment,
    )


@app.command()
def grace(
    transaction_id: TransactionId,
    days: Annotated[int, typer.Option(help="Of grace.")] = 16,
    state: State = Place.state,
) -> None:
    """Fail to renew, with days of grace."""
    _tell(state, "grace", transaction_id=transaction_id, days=days)


@app.command(name="change-plan")
def change_plan(
    transaction_id: TransactionId,
    product_id: str,
    *,
    direction: Annotated[
        Literal["upgrade", "downgrade", "crossgrade"], typer.Option(help="Which way.")
    ] = "upgrade",
    price: Annotated[int, typer.Option(help="Thousandths, of one period.")] = 9990,
    period: Annotated[str, typer.Option(help="ISO 8601.")] = "P1W",
    state: State = Place.state,
) -> None:
    """Change to another product of the group: at once, or when the period ends."""
    _tell(
        state,
        "change-plan",
        transaction_id=transaction_id,
        product_id=product_id,
        direction=direction,
        price=price,
        period=period,
    )


@app.command()
def refund(
    transaction_id: TransactionId,
    percentage: Annotated[float, typer.Option(help="How much of it.")] = 100,
    state: State = Place.state,
) -> None:
    """Give the money back, or a part of it."""
    _tell(state, "refund", transaction_id=transaction_id, percentage=percentage)


@app.command(name="ask-consumption")
def ask_consumption(
    transaction_id: TransactionId,
    reason: Annotated[str, typer.Option(help="Apple's reason.")] = "UNINTENDED_PURCHASE",
    state: State = Place.state,
) -> None:
    """Ask for a refund: the backend is asked what was used."""
    _tell(state, "ask-consumption", transaction_id=transaction_id, reason=reason)


@app.command()
def share(
    transaction_id: TransactionId,
    customer: Annotated[str, typer.Option(help="Which member.")] = "family-member",
    state: State = Place.state,
) -> None:
    """Share a subscription with a family member."""
    _tell(state, "share", transaction_id=transaction_id, customer=customer)


@app.command()
def advance(
    days: Annotated[float, typer.Option(help="How many days.")] = 0,
    hours: Annotated[float, typer.Option(help="How many hours.")] = 0,
    state: State = Place.state,
) -> None:
    """Move the store's clock forward: what is due meanwhile happens, retries too."""
    _tell(state, "advance", seconds=days * 86_400 + hours * 3600)


def _plain(operation: str) -> Callable[[str, Path], None]:
    def command(transaction_id: TransactionId, state: State = Place.state) -> None:
        _tell(state, operation, transaction_id=transaction_id)

    return command


for _name, _help in _PLAIN.items():
    app.command(name=_name, help=_help)(_plain(_name))


def _token(viewer: str | None) -> str | None:
    try:
        return account_token(viewer) if viewer else None
    except ValueError as error:
        raise typer.BadParameter(f"{viewer} is no viewer id", param_hint="--viewer") from error


def _tell(state: Path, operation: str, **wanted: Any) -> None:
    """Have the running store do something, and print its answer."""
    try:
        url = aws.endpoints(Place(state.resolve()))["apple_url"]
    except LocalError as error:
        raise typer.BadParameter(str(error)) from error
    body = {name: value for name, value in wanted.items() if value is not None}
    # A clock that moves far delivers much on its way.
    answer = urllib3.request(
        "POST", f"{url}/_store/{operation}", json=body, retries=False, timeout=300
    )
    told = answer.json()
    if answer.status != 200:
        raise typer.BadParameter(told["errorMessage"])
    print(json.dumps(told, indent=2))
