"""DynamoDB stream: say in the log what became of each note."""

import logging
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def text(image: dict[str, Any] | None) -> str:
    """What a note said, in DynamoDB's own JSON."""
    return image["text"]["S"] if image else "nothing"


def handler(event: dict[str, Any], context: Any) -> None:
    """A stream hands over its records in order, several at a time."""
    for record in event["Records"]:
        change = record["dynamodb"]
        before, after = text(change.get("OldImage")), text(change.get("NewImage"))
        note_id = change["Keys"]["id"]["S"]
        logger.info("%s of note %s: %s, then %s.", record["eventName"], note_id, before, after)
