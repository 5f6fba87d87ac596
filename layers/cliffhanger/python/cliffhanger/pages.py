"""Lists come in pages: items, and a cursor that only we can read."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from cliffhanger import base64url
from cliffhanger.errors import InvalidPayload, PayloadError
from cliffhanger.model import Model

T = TypeVar("T", bound=BaseModel)
Row = TypeVar("Row")
Place = TypeVar("Place", int, str)


class Page(Model, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


class PageQuery(Model):
    """How much of a list, and from where."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1024)


def encode_cursor(place: int | str) -> str:
    """Return a cursor for a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Place], form: re.Pattern[str] | None = None) -> Place:
    """Return the place that a cursor stands for.

    Args:
        cursor: what the client sent.
        kind: the type of this list's places.
        form: how such a place is written, where it goes into a query as it is.

    Raises:
        InvalidPayload: it is not a cursor of this list.
    """
    try:
        place = json.loads(base64url.decode(cursor))
    except (binascii.Error, ValueError, RecursionError):
        place = None
    if type(place) is not kind or (form and not form.fullmatch(str(place))):
        detail = "Send next_cursor as it came, to the same list."
        raise InvalidPayload([PayloadError(pointer="/cursor", code="cursor", detail=detail)])
    return place


def cut(
    rows: Iterable[Row],
    place: Callable[[Row], Place],
    kind: type[Place],
    query: PageQuery,
    *,
    newest_first: bool = False,
) -> tuple[list[Row], str | None]:
    """Return a page out of a list that was read whole, and the cursor of the next page.

    Args:
        rows: the list, in the order of its places.
        place: what a row's place is.
        kind: the type of places.
        query: how much, and from where.
        newest_first: whether places go down.

    Raises:
        InvalidPayload: the cursor is not one of this list.
    """
    rest = list(rows)
    if query.cursor:
        at = decode_cursor(query.cursor, kind)
        rest = [row for row in rest if (place(row) < at if newest_first else place(row) > at)]
    chosen = rest[: query.limit]
    more = len(rest) > len(chosen)
    return chosen, encode_cursor(place(chosen[-1])) if more else None
