"""The correlation id: the app's request, followed to whatever comes of it, however late.

It is kept beside what is left to do (an upload, a job's metadata, a message, a purchase) and taken
up by whoever does it. A log line and an event carry the one of the work that they tell of.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "x-correlation-id"
FIELD = "correlation_id"

VALID = re.compile(r"[A-Za-z0-9_=-]{8,64}")
"""What an id may be: it goes into logs and metadata as it is."""

_current: ContextVar[str | None] = ContextVar(FIELD, default=None)


def current() -> str | None:
    """Return the id of the work that is being done, or None when nobody asked for it."""
    return _current.get()


@contextmanager
def of(found: object) -> Iterator[None]:
    """Do some work under an id; what is not a valid one counts as none."""
    before = _current.set(_checked(found))
    try:
        yield
    finally:
        _current.reset(before)


def take_up(found: object) -> None:
    """Go on under an id that was found with the work, until the end of the `of` around it."""
    known = _checked(found)
    if known is not None:
        _current.set(known)


def stored() -> dict[str, str]:
    """Return the attribute that keeps the id with what is left to do; none when there is no id."""
    told = _current.get()
    return {} if told is None else {FIELD: told}


def of_request(headers: Mapping[str, str], request_id: str | None) -> str | None:
    """Return the id of a request: the app's own if it is a valid one, else the gateway's.

    A valid one has 8 to 64 letters, digits, `_`, `=` and `-`: it goes into logs and into metadata.
    """
    return _checked(headers.get(HEADER)) or request_id


def _checked(found: object) -> str | None:
    return found if isinstance(found, str) and VALID.fullmatch(found) else None
