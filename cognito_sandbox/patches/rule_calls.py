"""Calls of EventBridge that moto answers in another way than AWS, or not at all."""

import json
from typing import Any

from moto.events.exceptions import InvalidEventPatternException, ValidationException
from moto.events.responses import EventsHandler

from cognito_sandbox.events import patterns
from cognito_sandbox.store import needs

NEEDS = (
    "moto.events.responses:EventsHandler.put_events",
    "moto.events.responses:EventsHandler.test_event_pattern",
)
MANDATORY = ("id", "account", "source", "time", "region", "resources", "detail-type")
COUNTED = ("Source", "DetailType", "Detail")
LARGEST = 1_048_576  # bytes of all entries together
NOT_AUTHORIZED = {
    "ErrorCode": "NotAuthorizedForSourceException",
    "ErrorMessage": "Not authorized for the source.",
}


def install() -> None:
    needs.check(NEEDS)
    EventsHandler.test_event_pattern = _test_event_pattern
    EventsHandler.put_events = _put_events


def parsed(pattern: str) -> patterns.Pattern:
    """The pattern, or AWS's refusal of what is none."""
    try:
        return patterns.parse(pattern)
    except patterns.PatternError as error:
        raise InvalidEventPatternException(reason=str(error)) from None


def _test_event_pattern(handler: EventsHandler) -> str:
    pattern = parsed(handler._get_param("EventPattern"))
    return json.dumps({"Result": patterns.matches(pattern, _event(handler._get_param("Event")))})


def _event(text: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise ValidationException("Parameter Event is not valid.")
    missing = [name for name in MANDATORY if name not in event]
    if missing:
        raise ValidationException(f"Parameter Event is not valid. It has no {missing[0]}.")
    return event


def _put_events(handler: EventsHandler) -> str:
    """Those of AWS's own sources can come from AWS only."""
    given = handler._get_param("Entries")
    if sum(map(_size, given)) >= LARGEST:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    others = [each for each in given if not _is_of_aws(each)]
    taken = iter(handler.events_backend.put_events(others))
    entries = [NOT_AUTHORIZED if _is_of_aws(each) else next(taken) for each in given]
    failed = sum("ErrorCode" in each for each in entries)
    return json.dumps({"FailedEntryCount": failed, "Entries": entries})


def _size(entry: dict[str, Any]) -> int:
    """As EventBridge counts it: a time is 14 bytes."""
    texts = [entry.get(name) or "" for name in COUNTED] + (entry.get("Resources") or [])
    return sum(len(text.encode()) for text in texts) + (14 if "Time" in entry else 0)


def _is_of_aws(entry: dict[str, Any]) -> bool:
    return str(entry.get("Source")).startswith("aws.")
