"""DocumentDB: say in the log what happened to a document of a collection."""

import json
import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """A removed document is not there any more, and an updated one only if that was asked for."""
    for each in event["events"]:
        change = each["event"]
        place = f"{change['ns']['db']}.{change['ns']['coll']}"
        document = json.dumps(change.get("fullDocument", change["documentKey"]))
        logger.info("%s in %s: %s", change["operationType"], place, document)
