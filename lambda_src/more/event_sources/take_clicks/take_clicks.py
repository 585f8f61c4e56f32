"""Kinesis: take clicks from a stream, all of a batch or none."""

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


def handler(event: dict[str, Any], context: Any) -> None:
    """The data of a record is bytes, so it comes in base64."""
    records = [record["kinesis"] for record in event["Records"]]
    logger.info("got %s", ", ".join(record["partitionKey"] for record in records))
    for record in records:
        take(record["partitionKey"], json.loads(base64.b64decode(record["data"])))
