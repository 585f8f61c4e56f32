"""SQS: take orders out of a queue, one after the other."""

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
    """A record has its order in its body, as text."""
    orders = [json.loads(record["body"]) for record in event["Records"]]
    logger.info("got %s", ", ".join(str(order["number"]) for order in orders))
    for order in orders:
        take(order)
