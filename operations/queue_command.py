"""`python -m operations redrive`: look at what was given up, and send it back."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cliffhanger import clock
from operations import queues
from operations.redrive import redrive as send_back
from operations.shell import LocalState, StageFile, StageName, target_of


def redrive(
    queue: Annotated[str, typer.Argument(help="uploads, jobs, notifications, edge_writes.")],
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    look: Annotated[bool, typer.Option("--look", help="Only show what waits.")] = False,
) -> None:
    """Send the dead letters of a queue back to it. Mend what failed first."""
    target = target_of(stage, stage_file, local)
    found = queues.queue_of(target, queue)
    if not look:
        typer.echo(f"{send_back(target, found)} messages went back to {queue}")
        return
    for letter in queues.look(target, found):
        sent = clock.iso(datetime.fromtimestamp(letter.sent_at_ms / 1000, UTC))
        typer.echo(f"{letter.id}  sent {sent}  tried {letter.received} times\n  {letter.body}")
    typer.echo(f"{queues.waiting(target, found)} messages wait in the dead letters of {queue}")
