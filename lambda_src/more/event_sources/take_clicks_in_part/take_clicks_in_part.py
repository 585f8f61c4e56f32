"""Kinesis, in part: report the first record that failed, and what came after it comes again."""

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


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A stream is in order: after the first failure, there is nothing more to be done now."""
    for record in event["Records"]:
        try:
            take(json.loads(base64.b64decode(record["kinesis"]["data"])))
        except (ValueError, KeyError) as error:
            logger.warning("Not taken: %s", error)
            return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
    return {"batchItemFailures": []}
