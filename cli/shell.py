"""What the commands share: their common options, the session, and how they end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import show
from cli.api import Api
from cli.errors import ApiProblem, Failure
from cli.session import SessionFile, current
from cli.transport import Transport

Profile = Annotated[
    str, typer.Option(envvar="CLIFFHANGER_PROFILE", help="Which session to use.", metavar="NAME")
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the video files.")]
OfFolder = Annotated[
    Path, typer.Option("--folder", help="The folder that the episode was published from.")
]
Which = Annotated[str, typer.Argument(metavar="EPISODE", help="Its number, or its ep_ id.")]

BAD = 1
BROKEN = 2
INTERRUPTED = 130


def screen() -> Console:
    """Return where results go."""
    return Console(highlight=False)


def api(profile: str, transport: Transport) -> Api:
    """Return a client with the session of the environment or of a profile; see `current`."""
    kept = SessionFile.of(profile, os.environ)
    return Api(current(kept, os.environ), transport, keep=kept.save)


@contextmanager
def told() -> Iterator[None]:
    """Tell what goes wrong in a sentence, never in a traceback. Then the exit code is 2."""
    try:
        yield
    except Failure as error:
        show.failure(Console(highlight=False, stderr=True), error)
        raise typer.Exit(BROKEN) from error


@contextmanager
def going_on() -> Iterator[None]:
    """Say how to go on when the work breaks off."""
    again = "What has arrived is kept. Run the same command again to go on."
    try:
        yield
    except KeyboardInterrupt as pressed:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the next Ctrl-C waits for nothing
        screen().print(f"Stopped. {again}")
        raise typer.Exit(INTERRUPTED) from pressed
    except Failure as error:
        if not isinstance(error, ApiProblem) or error.status >= 500:
            error.advice = f"{error.advice}\n{again}".strip()
        raise
