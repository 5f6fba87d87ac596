"""Lists come in pages: items, and a cursor that only we can read."""

import base64
import binascii
import json
import re
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from cliffhanger import base64url
from cliffhanger.errors import InvalidPayload, PayloadError
from cliffhanger.model import Model

T = TypeVar("T", bound=BaseModel)
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
