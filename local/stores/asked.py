"""What is asked of either store: the options of every command, and where the running store is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from local import aws
from local.layout import Place
from local.processes import LocalError

Viewer = Annotated[
    str | None,
    typer.Option("--viewer", "--account", help="Whom it is for: vwr_...; nobody otherwise."),
]
Lost = Annotated[bool, typer.Option("--lost", help="Its notifications reach nobody.")]
State = Annotated[Path, typer.Option(help="Where the local cloud keeps its things.")]


class StoreCommands(TyperGroup):
    """The commands of a store. Their common options may stand before a command or after it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Bring the common options to the front, where they are declared."""
        common: list[str] = []
        others: list[str] = []
        words = iter(args)
        for word in words:
            if word == "--lost" or word.startswith("--state="):
                common.append(word)
            elif word == "--state":
                common += [word, *([value] if (value := next(words, None)) else [])]
            else:
                others.append(word)
        return super().parse_args(ctx, [*common, *others])


@dataclass(frozen=True)
class Asked:
    """Of which local cloud something is asked, and whether its notifications are lost."""

    place: Place
    lost: bool

    def endpoints(self) -> dict[str, Any]:
        """Return what that cloud says of itself, or say that it is not up."""
        try:
            return aws.endpoints(self.place)
        except LocalError as error:
            raise typer.BadParameter(str(error)) from error


def common(context: typer.Context, *, state: State = Place.state, lost: Lost = False) -> None:
    """Take the options that all commands have."""
    context.obj = Asked(Place(state.resolve()), lost)
