"""The schedule of retention: superseded generations, and uploads that were never completed."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cliffhanger.media import retention

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(use_rfc3339=True, utc=True)


def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Take away what is due and answer how much that was. A failure raises, and alarms."""
    found = retention.sweep()
    _logger().info("retention", extra=found)
    return found
