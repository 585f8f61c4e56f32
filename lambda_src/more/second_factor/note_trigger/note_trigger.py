"""Any trigger: note in the log which one it is, and leave everything as it is."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say what Cognito asks for; the event goes back as it came."""
    logger.info("%s for user %s.", event["triggerSource"], event["userName"])
    return event
