"""SQS: take orders out of a queue, all of a batch or none."""

import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(order: dict[str, Any]) -> None:
    """An order without a price cannot be taken."""
    logger.info("order %s", order["number"])
    if "price" not in order:
        raise ValueError(f"order {order['number']} has no price")


def handler(event: dict[str, Any], context: Any) -> None:
    """What returns without an error has taken the batch: it is deleted from the queue."""
    for record in event["Records"]:
        take(json.loads(record["body"]))
