"""`python -m operations`: what operators do with a stage. `make deploy` and others call it."""

from typing import Annotated, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from infra.stage import StageError
from operations import deployment, pruning, rollback, teardown
from operations.addresses import addresses_of
from operations.errors import OperationError, refused
from operations.preflight import preflight, warnings
from operations.queue_command import redrive
from operations.restore_command import backup, restore
from operations.shell import LocalState, StageFile, StageName, Yes, confirmer, target_of
from operations.smoke import NOT_PLAYED, smoke
from operations.target import Target
from operations.viewer_command import forget_viewer

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
app.command()(redrive)
app.command()(backup)
app.command()(restore)
app.command()(forget_viewer)
# What is told may hold brackets, which are no markup.
_console = Console(highlight=False, soft_wrap=True, markup=False)


def _say(mark: str, colour: str, what: str) -> None:
    _console.print(Text.assemble((mark, colour), " ", what))


def _tell(what: str) -> None:
    _say("✓", "green", what)


def _warn(what: str) -> None:
    _say("!", "yellow", what)


def _warn_of(target: Target) -> None:
    for one in warnings(target):
        _warn(one)


@app.command()
def check(stage: StageName = None, stage_file: StageFile = None, local: LocalState = None) -> None:
    """Look whether a deployment may begin, and tell all that is in its way."""
    target = target_of(stage, stage_file, local)
    faults = preflight(target)
    if faults:
        raise OperationError("\n".join(faults))
    _warn_of(target)
    _tell("all is there")


@app.command()
def deploy(
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    yes: Yes = False,
    with_smoke: Annotated[bool, typer.Option("--smoke/--no-smoke", help="Try it after.")] = True,
) -> None:
    """Check, show the difference, deploy, try it out, and tell the addresses."""
    target = target_of(stage, stage_file, local)
    _warn_of(target)
    found = deployment.deploy(
        target,
        _tell,
        confirmer(yes, f"Deploy {target.stage.name}?"),
        with_smoke=with_smoke,
        warn=_warn,
    )
    _console.print(f"\nAPI                   {found.api}\nMedia                 {found.media}")
    _console.print(f"Apple notifications   {found.apple_notifications}")
    _console.print(f"Google notifications  {found.google_notifications}")


@app.command(name="smoke")
def try_out(
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    episode: Annotated[
        str | None, typer.Option(help="Play this one: ep_... The first free one is the default.")
    ] = None,
) -> None:
    """Try a deployed stage as an app would."""
    if not smoke(addresses_of(target_of(stage, stage_file, local)), _tell, episode):
        _warn(NOT_PLAYED)


@app.command(name="rollback")
def roll_back(
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    yes: Yes = False,
) -> None:
    """Take every HTTP function back to what was live before. Data stays as it is."""
    target = target_of(stage, stage_file, local)
    for step in rollback.plan(target):
        _console.print(f"{step.function}: version {step.before} to {step.after}")
    if not confirmer(yes, "Go back?")():
        raise OperationError("Nothing was changed, as you wished.")
    _tell(f"{len(rollback.roll_back(target))} functions went back")


@app.command(name="teardown")
def tear_down(
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    yes: Yes = False,
) -> None:
    """Take a stage down with its data. One that keeps its data refuses."""
    target = target_of(stage, stage_file, local)
    question = f"Delete the stage {target.stage.name} and all of its data?"
    teardown.tear_down(target, _tell, confirmer(yes, question))


@app.command()
def prune(
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    keep: Annotated[int, typer.Option(min=1, help="Versions to keep.")] = pruning.KEPT,
) -> None:
    """Delete old versions of the functions."""
    deleted = pruning.prune(target_of(stage, stage_file, local), keep)
    for function, version in deleted:
        _console.print(f"{function}: version {version}")
    _tell(f"{len(deleted)} versions deleted")


def main() -> None:
    """Run a command; what an operator can mend is told without a traceback."""
    try:
        app()
    except (OperationError, StageError) as error:
        _fail(error)
    except (BotoCoreError, ClientError) as error:
        _fail(refused(error))


def _fail(error: Exception) -> NoReturn:
    _say("✗", "red", str(error))
    raise SystemExit(1) from error


if __name__ == "__main__":
    main()
