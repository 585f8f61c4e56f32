"""A calculator that knows powers, and answers what it cannot calculate."""

import operator

ACTIONS = {
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided-by": operator.truediv,
    "to-the-power-of": operator.pow,
}


def handler(event, context):
    try:
        return {"result": ACTIONS[event["action"]](event["x"], event["y"])}
    except ZeroDivisionError:
        return {"error": "Nothing can be divided by zero."}
