"""MSK: say in the log what came from a topic of Apache Kafka."""

import base64
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """Records come in a list for each partition; keys and values are bytes, in base64."""
    for partition, records in event["records"].items():
        for record in records:
            value = base64.b64decode(record["value"]).decode()
            logger.info("%s, offset %s: %s", partition, record["offset"], value)
