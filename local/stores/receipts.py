"""What an app sends of a purchase: printed by one command, and taken by the next."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import typer


def show(body: Mapping[str, Any], **about: object) -> None:
    """Print what can be sent to `POST /purchases` as it is, and for people what else is known.

    Args:
        body: goes to stdout, in one line and alone.
        about: goes to stderr, a line each; what is None is left out.
    """
    typer.echo(json.dumps(body))
    for name, value in about.items():
        if value is not None:
            typer.echo(f"{name}: {value}", err=True)


def named(text: str, member: str) -> str:
    """Return which purchase is meant: by a word, by the body that was printed, or by stdin.

    Args:
        text: an id, or such a body; `-` reads either from stdin.
        member: where the body has it.
    """
    found = (sys.stdin.read() if text == "-" else text).strip()
    if not found.startswith("{"):
        if not found:
            raise typer.BadParameter("Nothing says which purchase is meant.")
        return found
    try:
        return str(json.loads(found)[member])
    except (ValueError, KeyError) as error:
        raise typer.BadParameter(f"There is no {member} in: {found}") from error
