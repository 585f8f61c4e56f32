"""A ready event for each trigger source, as Cognito sends it: to try a handler without a pool.

>>> sample("PreSignUp_SignUp", userName="ann", email="ann@example.com")
"""

from typing import Any

from cognito_sandbox import trigger_events
from helpers.errors import AnswerError

__all__ = ["sample", "sources"]


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
