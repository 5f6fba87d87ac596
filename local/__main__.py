"""`python -m local`: the local cloud, and what stands in for people and stores."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from infra.stage import StageError
from local import aws, ledger
from local.layout import ROOT, Place
from local.processes import LocalError
from local.stores.apple import command as apple
from local.stores.google import command as google
from local.up import Cloud

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
app.add_typer(apple.app, name="apple")
app.add_typer(google.app, name="google")
app.add_typer(ledger.app, name="ledger")


@app.command()
def up(
    port: Annotated[int, typer.Option(help="The public port; five more follow it.")] = 8787,
    stage_file: Annotated[Path, typer.Option(help="The stage to deploy.")] = (
        ROOT / "stages" / "local.toml"
    ),
    state: Annotated[Path, typer.Option(help="Where it keeps its things.")] = Place.state,
    seed: Annotated[bool, typer.Option(help="Publish the demo drama.")] = True,
) -> None:
    """Start everything, deploy, seed, and stay up until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        Cloud(Place(state.resolve(), port), stage_file, console).up(with_demo=seed)
    except (LocalError, StageError) as error:
        console.print(Text.assemble(("✗", "red"), f" {error}"))
        raise typer.Exit(1) from error


@app.command()
def token(
    group: Annotated[Literal["studio"] | None, typer.Option(help="None is a viewer.")] = None,
    state: Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")] = (
        Place.state
    ),
) -> None:
    """Print a fresh access token of the running local cloud."""
    try:
        print(aws.sign_in(aws.endpoints(Place(state.resolve())), group=group).access_token)
    except LocalError as error:
        raise typer.BadParameter(str(error)) from error


if __name__ == "__main__":
    app()
