"""SQS: take orders out of a queue, all of a batch or none."""

import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(order: dict[str, Any]) -> None:
    """An order without a price cannot be taken."""
    if "price" not in order:
        raise ValueError(f"{order['number']} has no price")
    logger.info("took %s", order["number"])


def handler(event: dict[str, Any], context: Any) -> None:
    """What returns without an error has taken the batch: it is deleted from the queue."""
    orders = [json.loads(record["body"]) for record in event["Records"]]
    logger.info("got %s", ", ".join(str(order["number"]) for order in orders))
    for order in orders:
        take(order)
