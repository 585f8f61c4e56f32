"""Add one to a number, and say so in the log."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> int:
    """The number that comes after the event's."""
    number = int(event["number"])
    logger.info("One more than %s.", number)
    return number + 1
