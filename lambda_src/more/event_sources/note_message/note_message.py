"""SNS: say in the log what was published to a topic."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """A topic sends one record a time, in a list nevertheless."""
    for record in event["Records"]:
        logger.info("Message: %s", record["Sns"]["Message"])
