"""Kinesis: take clicks from a stream, all of a batch or none."""

import base64
import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(click: dict[str, Any]) -> None:
    """A click without a page cannot be taken."""
    logger.info("click %s", click["number"])
    if "page" not in click:
        raise ValueError(f"click {click['number']} has no page")


def handler(event: dict[str, Any], context: Any) -> None:
    """The data of a record is bytes, so it comes in base64."""
    for record in event["Records"]:
        take(json.loads(base64.b64decode(record["kinesis"]["data"])))
