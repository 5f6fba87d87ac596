"""What every command takes: a stage by name or by file, in AWS or in a local cloud."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from operations.target import Target, in_aws, in_local_cloud, stage_file_of

StageName = Annotated[
    str | None, typer.Option("--stage", help="The stage: dev takes stages/dev.toml.")
]
StageFile = Annotated[Path | None, typer.Option(help="The stage, as any other file.")]
LocalState = Annotated[
    Path | None, typer.Option("--local", help="Work on the local cloud of this folder (.local).")
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]


def target_of(stage: str | None, stage_file: Path | None, local: Path | None) -> Target:
    """Return what a command works on. The local cloud's own stage is the default there.

    Raises:
        OperationError: the local cloud is not running.
        StageError: the stage file cannot be used.
    """
    if local and not (stage or stage_file):
        stage = "local"
    if (stage is None) is (stage_file is None):
        raise typer.BadParameter("Name a stage: --stage NAME or --stage-file FILE.")
    path = stage_file or stage_file_of(str(stage))
    return in_local_cloud(path, local) if local else in_aws(path)


def confirmer(yes: bool, question: str) -> Callable[[], bool]:
    """Return what asks a question, or what takes yes for granted."""
    return lambda: yes or typer.confirm(question)
