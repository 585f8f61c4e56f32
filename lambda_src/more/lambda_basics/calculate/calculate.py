"""Calculate with two numbers; the variable LOG_LEVEL says how much of that is logged."""

import logging
import operator
import os
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

ACTIONS = {
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided-by": operator.truediv,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The result, or which actions there are if the event names none of them."""
    logger.debug("The event: %s", event)
    action, x, y = event["action"], event["x"], event["y"]
    if action not in ACTIONS:
        logger.error("There is no action %s.", action)
        return {"error": f"There is no {action}. There are: {', '.join(ACTIONS)}."}
    result = ACTIONS[action](x, y)
    logger.info("%s %s %s is %s.", x, action, y, result)
    return {"result": result}
