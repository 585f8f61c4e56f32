"""Kinesis, in part: report the first record that failed, and it comes again with all after it."""

import base64
import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(number: str, click: dict[str, Any]) -> None:
    """A click without a page cannot be taken."""
    if "page" not in click:
        raise ValueError(f"{number} has no page")
    logger.info("took %s", number)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A stream is in order: after the first failure, there is nothing more to be done now."""
    records = [record["kinesis"] for record in event["Records"]]
    logger.info("got %s", ", ".join(record["partitionKey"] for record in records))
    for record in records:
        try:
            take(record["partitionKey"], json.loads(base64.b64decode(record["data"])))
        except ValueError as error:
            logger.warning("Not taken: %s", error)
            return {"batchItemFailures": [{"itemIdentifier": record["sequenceNumber"]}]}
    return {"batchItemFailures": []}
