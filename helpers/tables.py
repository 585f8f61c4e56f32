"""Users and tokens as tables: the same columns always, sorted, readable when empty."""

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from helpers import cognito
from helpers.errors import AnswerError

if TYPE_CHECKING:
    from helpers.frames import Table

USER_COLUMNS = ["username", "status", "email", "email_verified", "enabled", "created"]
TIMES = ("auth_time", "exp", "iat")


def users(pool_id: str) -> "Table":
    """The users of a pool, sorted by name.

    >>> users(pool_id)[["username", "status"]]
    """
    from helpers.frames import Table, times

    frame = Table(cognito.list_users(pool_id), columns=USER_COLUMNS)
    frame["created"] = times(frame["created"])
    return frame


def claims(token: str) -> "Table":
    """What a token says, sorted by claim; who signed it is not checked here.

    >>> claims(tokens.identity)
    """
    from helpers.frames import Table

    try:
        body = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        claimed = [(name, _readable(name, value)) for name, value in sorted(said.items())]
    except (AttributeError, IndexError, TypeError, ValueError):
        raise AnswerError(
            "This is no token with claims. Use the identity or the access token of a sign-in."
        ) from None
    return Table(claimed, columns=["Claim", "Value"])


def _readable(name: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC) if name in TIMES else value
