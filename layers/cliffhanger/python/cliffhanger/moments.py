"""Moments that a client sends: RFC 3339 with an offset, kept in UTC."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_BEGIN = re.compile(r"\d{4}-")


def _as_text(sent: Any) -> Any:
    """Refuse a bare number: it may be seconds or milliseconds, and nobody has said since when."""
    if isinstance(sent, datetime):
        return sent  # our own code knows what it says
    if not isinstance(sent, str) or not _BEGIN.match(sent):
        raise ValueError("send a time as RFC 3339, such as 2030-01-01T00:00:00Z")
    return sent


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # some hours before or after all years
        raise ValueError("there is no such year in UTC") from error


Moment = Annotated[AwareDatetime, BeforeValidator(_as_text), AfterValidator(_in_utc)]
