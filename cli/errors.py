"""What can go wrong, each told in a sentence for a person, and what to do about it."""

from collections.abc import Mapping
from typing import Any


class Failure(Exception):  # noqa: N818 - it is told, not debugged
    """A reason to end the command. It is shown without a traceback."""

    def __init__(self, sentence: str, *, advice: str = "") -> None:
        """Take what happened, and what to do about it."""
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice


class ConnectionLost(Failure):
    """A server cannot be reached, or hung up again and again."""


class SignedOut(Failure):
    """There is no session, or it has ended, or it is not one of the studio."""


class Stopped(Exception):  # noqa: N818 - it is no error: the person pressed Ctrl-C
    """The command is ending; a worker leaves its work as it stands."""


class Refusal(Failure):
    """A reason why one thing cannot be done, with a stable code. Others may still be."""

    def __init__(self, code: str, title: str, detail: str) -> None:
        """Take the name to look for, what happened, and what to do about it."""
        super().__init__(title, advice=detail)
        self.code = code
        self.detail = detail


class FileRefusal(Refusal):
    """A file of the folder that cannot be uploaded as it is."""


class ApiProblem(Refusal):
    """A refusal of the API (RFC 9457)."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, faults: tuple[str, ...] = ()
    ) -> None:
        """Take the members of the problem document; `faults` are its `errors`, a line each."""
        super().__init__(code, title, detail)
        self.status = status
        self.faults = faults

    @classmethod
    def read(cls, status: int, document: object) -> "ApiProblem":
        """Read the body of a refusal. What is not a problem document is named by its status."""
        if not isinstance(document, Mapping) or "code" not in document:
            return cls(
                status,
                f"http_{status}",
                f"The API answered with status {status}",
                "Check the API address. If it is right, try again in a few minutes.",
            )
        return cls(
            status,
            str(document["code"]),
            str(document.get("title", document["code"])),
            str(document.get("detail", "")),
            tuple(_fault(one) for one in document.get("errors") or ()),
        )


def _fault(error: Any) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    return f"{error.get('pointer', '')}: {error.get('detail', error.get('code', ''))}"
