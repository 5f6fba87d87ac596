"""What a command says to people, without the box that it is drawn in."""

from typer.testing import Result


def complaint(ran: Result) -> str:
    """Why a command refused what it was asked, in one line."""
    assert ran.exit_code == 2, ran.output
    return " ".join(ran.stderr.replace("│", " ").split())
