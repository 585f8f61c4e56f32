"""Ready events, as Cognito and other services send them: to see one, or to try a handler with.

>>> sample("PreSignUp_SignUp", userName="ann", email="ann@example.com")
>>> of_service("http_api")
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from cognito_sandbox import trigger_events
from helpers.errors import AnswerError

__all__ = ["notes", "of_service", "sample", "services", "sources"]

INNER = Path(__file__).parent / "_inner"
FOLDER = INNER / "service_events"


def sources() -> list[str]:
    """The trigger sources for which there is an event.

    >>> "PreSignUp_SignUp" in sources()
    True
    """
    return trigger_events.sources()


def sample(source: str, **changes: Any) -> dict[str, Any]:
    """The event; `changes` go to the member or the user attribute of that name.

    >>> sample("PreSignUp_SignUp", userName="ann")["userName"]
    'ann'
    """
    try:
        return trigger_events.sample(source, **changes)
    except trigger_events.NoEventError as error:
        raise AnswerError(str(error)) from None


def notes(source: str) -> dict[str, str]:
    """What is to be said of the members that matter, in a trigger's event; of most, nothing.

    >>> notes("PreSignUp_SignUp")["userName"]
    'the name that was asked for'
    """
    return dict(tomllib.loads((INNER / "event_notes.toml").read_text("utf-8")).get(source, {}))


def services() -> list[str]:
    """The services, beside Cognito, of which there is an event.

    >>> "http_api" in services()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def of_service(name: str) -> dict[str, Any]:
    """The event that this service sends to a function.

    >>> of_service("http_api")["routeKey"]
    'PUT /{id}'
    """
    if name not in services():
        raise AnswerError(f'There is no event of "{name}". Use one of {", ".join(services())}.')
    return dict(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))
