"""`python -m operations backup` and `restore`: a table as it was, beside and brought back."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from operations import recovery
from operations.errors import OperationError
from operations.restore import bring_back, compare
from operations.shell import LocalState, StageFile, StageName, Yes, confirmer, target_of
from operations.target import Target


class Table(StrEnum):
    """The tables of a stage."""

    CONTENT = "content"
    COMMERCE = "commerce"


def backup(
    table: Annotated[Table, typer.Argument(help="content or commerce.")],
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
) -> None:
    """Back a table up now, and print the backup's ARN."""
    target = target_of(stage, stage_file, local)
    typer.echo(recovery.make_backup(target, recovery.table_of(target, table)))


def restore(
    table: Annotated[Table, typer.Argument(help="content or commerce.")],
    *,
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    at: Annotated[
        datetime | None, typer.Option(help="As it was then, in UTC: 2026-11-25T12:30:00.")
    ] = None,
    from_backup: Annotated[str | None, typer.Option(help="The ARN of a backup.")] = None,
    from_table: Annotated[
        str | None, typer.Option(help="A table that was restored already, such as by AWS Backup.")
    ] = None,
    back: Annotated[
        bool, typer.Option("--copy-back", help="Bring it back; without, only say what differs.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Restore a table beside itself, say what differs, and bring it back when asked to."""
    target = target_of(stage, stage_file, local)
    restored = from_table or _restored(target, table, at, from_backup)
    typer.echo(f"restored as {restored}")
    differing = compare(target, table, restored, typer.echo)
    if back and differing:
        if not confirmer(yes, f"Close {target.stage.name} and bring {differing} items back?")():
            raise OperationError("Nothing was brought back, as you wished.")
        bring_back(target, table, restored, typer.echo)
    typer.echo(f"When you are done: aws dynamodb delete-table --table-name {restored}")


def _restored(target: Target, name: str, moment: datetime | None, backup_arn: str | None) -> str:
    if (moment is None) is (backup_arn is None):
        raise typer.BadParameter("Say from where: --at, --from-backup or --from-table.")
    table = recovery.table_of(target, name)
    if backup_arn:
        return recovery.restored_from(target, table, backup_arn)
    if target.place:
        raise OperationError(
            "The local cloud keeps no history: its restore to a point in time copies the table as"
            " it is. Take a backup first (`backup`), and restore with --from-backup."
        )
    assert moment is not None  # noqa: S101 - one of the two is there
    return recovery.restored_at(target, table, moment.replace(tzinfo=UTC))
