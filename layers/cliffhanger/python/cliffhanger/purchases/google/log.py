"""The structured log of this side. Tokens and keys never go into it."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> "Logger":
    """Return the logger of the function, made at the first call."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(use_rfc3339=True, utc=True)
