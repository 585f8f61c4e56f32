"""A ready event for each trigger source, as Cognito sends it.

>>> sample("PreSignUp_SignUp", userName="ann", email="ann@example.com")
"""

import json
from pathlib import Path
from typing import Any

from cognito_sandbox.spelling import meant

__all__ = ["NoEventError", "kind", "sample", "sources"]

__tracebackhide__ = True  # a mistake is shown where the test makes it
FOLDER = Path(__file__).parent
OPTIONAL = {"clientMetadata": dict, "userNotFound": bool}  # members of some requests only
NOUNS = {bool: "true or false", dict: "an object", list: "a list", str: "a text"}
OWN = ("custom:", "dev:", "cognito:")
STANDARD = (
    *("address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name"),
    *("identities", "locale", "middle_name", "name", "nickname", "phone_number"),
    *("phone_number_verified", "picture", "preferred_username", "profile", "sub", "updated_at"),
    *("website", "zoneinfo"),
)
Event = dict[str, Any]


class NoEventError(Exception):
    """There is no such event, nothing of that name in it, or something else belongs there."""


def sources() -> list[str]:
    """The trigger sources for which there is an event."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def sample(source: str, **changes: object) -> Event:
    """The event; `changes` go to the member or the user attribute of that name."""
    event = _read(source)
    for name, value in changes.items():
        holder = _holder(event, name)
        _check(name, value, _kind(holder, name), may_lack=holder is event["request"])
        holder[name] = value
    return event


def kind(source: str, name: str) -> type:
    """What belongs into the member or the user attribute of that name: str, bool, dict or list."""
    return _kind(_holder(_read(source), name), name)


def _read(source: str) -> Event:
    known = sources()
    if source not in known:
        instead = meant(source, known) or f". Use one of {', '.join(known)}."
        raise NoEventError(f'There is no event "{source}"{instead}')
    return dict(json.loads((FOLDER / f"{source}.json").read_text("utf-8")))


def _holder(event: Event, name: str) -> Event:
    """Where in the event something of this name stands, or may stand."""
    request: Event = event["request"]
    for part in (event, event["callerContext"], request):
        if name in part:
            return part
    if name in OPTIONAL:
        return request
    if name not in STANDARD and not name.startswith(OWN):
        known = (*event, *event["callerContext"], *request, *OPTIONAL, *STANDARD)
        instead = meant(name, known) or f". An attribute of your own is called custom:{name}."
        raise NoEventError(f'{event["triggerSource"]} has no "{name}"{instead}')
    attributes = request.get("userAttributes")
    if not isinstance(attributes, dict):
        raise NoEventError(
            f'There is no "{name}" in {event["triggerSource"]}: it has no attributes.'
        )
    return attributes


def _kind(holder: Event, name: str) -> type:
    """Members without a value here may have an object; what is new beside them is an attribute."""
    if name not in holder:
        return OPTIONAL.get(name, str)
    return dict if holder[name] is None else type(holder[name])


def _check(name: str, value: object, wanted: type, *, may_lack: bool) -> None:
    if isinstance(value, wanted) or (value is None and may_lack):
        return
    shown = json.dumps(value, default=repr)
    raise NoEventError(f"{name} takes {NOUNS[wanted]}, not {shown}.")
