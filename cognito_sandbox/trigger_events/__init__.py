"""A ready event for each trigger source, as Cognito sends it.

>>> sample("PreSignUp_SignUp", userName="ann", email="ann@example.com")
"""

import json
from pathlib import Path
from typing import Any

__all__ = ["NoEventError", "sample", "sources"]

__tracebackhide__ = True  # a mistake is shown where the test makes it
FOLDER = Path(__file__).parent
OPTIONAL = ("clientMetadata", "userNotFound")  # members of some requests only


class NoEventError(Exception):
    """There is no such event, or nothing of that name in it."""


def sources() -> list[str]:
    """The trigger sources for which there is an event."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def sample(source: str, **changes: Any) -> dict[str, Any]:
    """The event; `changes` go to the member or the user attribute of that name."""
    if source not in sources():
        raise NoEventError(f'There is no event "{source}". Use one of {", ".join(sources())}.')
    event: dict[str, Any] = json.loads((FOLDER / f"{source}.json").read_text("utf-8"))
    for name, value in changes.items():
        _holder(event, name)[name] = value
    return event


def _holder(event: dict[str, Any], name: str) -> dict[str, Any]:
    """Where in the event something of this name stands; attributes may be new."""
    request: dict[str, Any] = event["request"]
    for part in (event, event["callerContext"], request):
        if name in part:
            return part
    if name in OPTIONAL:
        return request
    attributes = request.get("userAttributes")
    if not isinstance(attributes, dict):
        raise NoEventError(
            f'There is no "{name}" in {event["triggerSource"]}: it has no attributes.'
        )
    return attributes
