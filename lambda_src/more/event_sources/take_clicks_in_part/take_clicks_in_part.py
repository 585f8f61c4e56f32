"""Kinesis, in part: report the first record that failed, and it comes again with all after it."""

import base64
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(click: dict[str, Any]) -> None:
    """A click is the text of an address; a record's data is bytes, so it comes in base64."""
    address = base64.b64decode(click["data"]).decode()
    logger.info("took %s, %s", click["partitionKey"], address)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A stream is in order: after the first failure, there is nothing more to be done now."""
    clicks = [record["kinesis"] for record in event["Records"]]
    logger.info("got %s", ", ".join(click["partitionKey"] for click in clicks))
    for click in clicks:
        try:
            take(click)
        except ValueError as error:  # what is no text, for one
            logger.warning("Not taken: %s", error)
            failed = {"itemIdentifier": click["sequenceNumber"]}
            return {"batchItemFailures": [failed]}
    return {"batchItemFailures": []}
