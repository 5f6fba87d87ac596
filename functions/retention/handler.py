"""The schedule of retention: superseded generations, and uploads that were never completed."""

from collections.abc import Mapping
from typing import Any

from cliffhanger.log import logger
from cliffhanger.media import retention


def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Take away what is due and answer how much that was. A failure raises, and alarms."""
    found = retention.sweep()
    logger().info("retention", extra=found)
    return found
