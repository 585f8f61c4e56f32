"""DynamoDB stream: follow the items of a table, one after the other."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def number(change: dict[str, Any]) -> str:
    """Keys and items are in DynamoDB's own JSON, which names the type of each value."""
    return str(change["Keys"]["Number"]["S"])


def take(change: dict[str, Any]) -> None:
    """An item without a price cannot be taken; of a removed one, nothing is there to be taken."""
    if "Price" not in change.get("NewImage", {"Price": None}):
        raise ValueError(f"{number(change)} has no price")
    logger.info("took %s", number(change))


def handler(event: dict[str, Any], context: Any) -> None:
    """Whatever fails here fails for the whole batch: nothing catches it."""
    changes = [record["dynamodb"] for record in event["Records"]]
    logger.info("got %s", ", ".join(map(number, changes)))
    for change in changes:
        take(change)
