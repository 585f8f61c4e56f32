"""Kinesis: take clicks from a stream, one after the other."""

import base64
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(click: dict[str, Any]) -> None:
    """A click is the text of an address; a record's data is bytes, so it comes in base64."""
    address = base64.b64decode(click["data"]).decode()
    logger.info("took %s, %s", click["partitionKey"], address)


def handler(event: dict[str, Any], context: Any) -> None:
    """Whatever fails here fails for the whole batch: nothing catches it."""
    clicks = [record["kinesis"] for record in event["Records"]]
    logger.info("got %s", ", ".join(click["partitionKey"] for click in clicks))
    for click in clicks:
        take(click)
