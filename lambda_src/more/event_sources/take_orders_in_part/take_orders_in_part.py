"""SQS, in part: report the messages that failed, so that only they come again."""

import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def take(order: dict[str, Any]) -> None:
    """An order without a price cannot be taken."""
    logger.info("got %s", order["number"])
    if "price" not in order:
        raise ValueError(f"{order['number']} has no price")
    logger.info("took %s", order["number"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One bad message keeps no other from being taken."""
    failed = []
    for record in event["Records"]:
        try:
            take(json.loads(record["body"]))
        except (ValueError, KeyError) as error:
            logger.warning("Not taken: %s", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
