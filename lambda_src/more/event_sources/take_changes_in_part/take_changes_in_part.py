"""DynamoDB stream, in part: report the first record that failed, and the rest comes again."""

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


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A removed item has no new image, and there is nothing to take."""
    for record in event["Records"]:
        change = record["dynamodb"]
        try:
            if "NewImage" in change:
                take(change["NewImage"])
        except (ValueError, KeyError) as error:
            logger.warning("Not taken: %s", error)
            return {"batchItemFailures": [{"itemIdentifier": change["SequenceNumber"]}]}
    return {"batchItemFailures": []}
