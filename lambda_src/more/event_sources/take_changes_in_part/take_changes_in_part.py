"""DynamoDB stream, in part: report the first change that failed, and the rest comes again."""

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


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A stream is in order: after the first failure, there is nothing more to be done now."""
    changes = [record["dynamodb"] for record in event["Records"]]
    logger.info("got %s", ", ".join(map(number, changes)))
    for change in changes:
        try:
            take(change)
        except ValueError as error:
            logger.warning("Not taken: %s", error)
            failed = {"itemIdentifier": change["SequenceNumber"]}
            return {"batchItemFailures": [failed]}
    return {"batchItemFailures": []}
