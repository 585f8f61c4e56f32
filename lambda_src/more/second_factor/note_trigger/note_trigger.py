"""Any trigger: note in the log which one it is, and leave everything as it is."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say what Cognito is about to do; the event goes back as it came."""
    logger.info(event["triggerSource"])
    return event
