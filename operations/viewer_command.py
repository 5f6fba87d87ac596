"""`python -m operations forget-viewer`: delete a viewer who asked for it, with what is theirs."""

from collections import Counter
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from cliffhanger.ids import ViewerId
from operations import forgetting
from operations.errors import OperationError
from operations.shell import LocalState, StageFile, StageName, Yes, confirmer, target_of

_VIEWER_ID: TypeAdapter[str] = TypeAdapter(ViewerId)


def forget_viewer(
    viewer_id: Annotated[str, typer.Argument(help="vwr_..., as their app shows it.")],
    stage: StageName = None,
    stage_file: StageFile = None,
    local: LocalState = None,
    yes: Yes = False,
) -> None:
    """Delete a viewer for good, as their app's own `DELETE /v1/me` does."""
    try:
        _VIEWER_ID.validate_python(viewer_id)
    except ValidationError as error:
        raise OperationError(f"{viewer_id} is no viewer's id: vwr_ and 26 characters.") from error
    target = target_of(stage, stage_file, local)
    if not confirmer(yes, f"Delete {viewer_id} of {target.stage.name} for good?")():
        raise OperationError("Nothing was deleted, as you wished.")
    found = forgetting.forget_viewer(target, viewer_id)
    account = "the account is gone" if found.had_account else "there was no account any more"
    typer.echo(f"{viewer_id}: {account}, and no token of theirs is good")
    typer.echo(f"forgotten: {_listed(found.gone)}")
    typer.echo(f"kept for the books: {_listed(found.kept)}")


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing"
