"""Users and tokens as tables: the same columns always, sorted, readable when empty."""

import base64
import json
from typing import TYPE_CHECKING

from helpers import cognito
from helpers.errors import AnswerError

if TYPE_CHECKING:
    import pandas as pd

USER_COLUMNS = ["username", "status", "email", "email_verified", "enabled", "created"]
TIMES = ("auth_time", "exp", "iat")


def users(pool_id: str) -> "pd.DataFrame":
    """The users of a pool, sorted by name.

    >>> users(pool_id)[["username", "status"]]
    """
    import pandas as pd

    frame = pd.DataFrame(cognito.list_users(pool_id), columns=USER_COLUMNS)
    frame["created"] = pd.to_datetime(frame["created"], utc=True)
    return frame


def claims(token: str) -> "pd.DataFrame":
    """What a token says, sorted by claim; who signed it is not checked here.

    >>> claims(tokens.identity)
    """
    import pandas as pd

    try:
        body = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        claimed = sorted(said.items())
    except (AttributeError, IndexError, ValueError):
        raise AnswerError(
            "This is no token with claims. Use the identity or the access token of a sign-in."
        ) from None
    rows = [
        (name, pd.Timestamp(value, unit="s", tz="UTC") if name in TIMES else value)
        for name, value in claimed
    ]
    return pd.DataFrame(rows, columns=["Claim", "Value"])
