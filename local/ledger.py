"""`python -m local ledger`: what an operator looks at, against the local cloud."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from cliffhanger import clock
from cliffhanger.purchases import reports
from cliffhanger.wallet import wallets
from cliffhanger.wallet.audit import Audit, audit, audit_all
from local import aws
from local.layout import CREDENTIALS, Place
from local.processes import LocalError

app = typer.Typer(no_args_is_help=True, help="Coins and their ledger.")


@app.command()
def check(
    viewer: Annotated[str | None, typer.Option(help="Only this one's wallets: vwr_...")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everybody's wallets.")] = False,
    state: Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")] = (
        Place.state
    ),
) -> None:
    """Compute wallets again from their ledger and print what disagrees: then the exit code is 1."""
    if (viewer is None) is not every:
        raise typer.BadParameter("Say whose: --viewer ID or --all.")
    _go_to(state)
    if viewer is None:
        run = audit_all()
        count, faulty = run.wallets, list(run.faulty)
    else:
        found = [audit(viewer, "production"), audit(viewer, "sandbox")]
        count, faulty = len(found), [one for one in found if one.faults]
    for one in faulty:
        _tell(one)
    print(f"{count} wallets, {len(faulty)} that disagree with their ledger")
    if faulty:
        raise typer.Exit(1)


@app.command()
def reconciled(
    runs: Annotated[int, typer.Option(min=1, max=100, help="How many, the newest first.")] = 1,
    state: Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")] = (
        Place.state
    ),
) -> None:
    """Print what the reconciler found and repaired; a source with a problem makes the exit code 1.

    A run looks through one source, and a year of runs is remembered.
    """
    _go_to(state)
    found = reports.latest(wallets.table(), runs)
    if not found:
        print("The reconciler has not run yet.")
    for report in found:
        print(clock.iso(report.at))
        for name, source in report.sources.items():
            _tell_of(name, source)
    if any(source.problem for report in found for source in report.sources.values()):
        raise typer.Exit(1)


def _tell_of(name: str, source: reports.Source) -> None:
    problem = f", problem: {source.problem}" if source.problem else ""
    print(f"  {name}: {source.seen} seen, {source.repairs} repaired{problem}")
    for one in source.repaired:
        print(f"    {one}")
    if source.repairs > len(source.repaired):
        print(f"    and {source.repairs - len(source.repaired)} more")
    for one in source.skipped:
        print(f"    skipped: {one}")
    if source.skips > len(source.skipped):
        print(f"    and {source.skips - len(source.skipped)} more skipped")


def _tell(found: Audit) -> None:
    print(f"{found.viewer_id} ({found.environment}, {found.entries} entries)")
    for fault in found.faults:
        print(f"  {fault}")


def _go_to(state: Path) -> None:
    try:
        _be_an_operator(aws.endpoints(Place(state.resolve())))
    except LocalError as error:
        raise typer.BadParameter(str(error)) from error


def _be_an_operator(endpoints: dict[str, Any]) -> None:
    """Give this process what an operator's shell would have: an AWS, a key to it, and the table."""
    os.environ |= {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoints["aws_endpoint_url"],
        "AWS_DEFAULT_REGION": endpoints["region"],
        "CLIFFHANGER_COMMERCE_TABLE": endpoints["tables"]["commerce"],
    }
