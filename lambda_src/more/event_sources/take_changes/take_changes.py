"""DynamoDB stream: follow the items of a table, all of a batch or none."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(item: dict[str, Any]) -> None:
    """An item is in DynamoDB's own JSON, which names the type of each value."""
    number = item["Number"]["S"]
    logger.info("item %s", number)
    if "Price" not in item:
        raise ValueError(f"item {number} has no price")


def handler(event: dict[str, Any], context: Any) -> None:
    """What was removed has no new image, and there is nothing to take."""
    for record in event["Records"]:
        if "NewImage" in record["dynamodb"]:
            take(record["dynamodb"]["NewImage"])
