"""The mail that Cognito would have sent: the sandbox keeps it for its readers."""

from typing import TYPE_CHECKING, Any

from helpers import cloud
from helpers._inner import sandbox

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["code", "messages", "table", "text"]

HIDDEN = "••••••"
ELSEWHERE = "In an account, Cognito sends real mail: look into the inbox."


def messages(pool_id: str, username: str | None = None) -> list[dict[str, Any]]:
    """The messages to a pool's users or to one of them, newest last; none in an account.

    >>> messages(pool_id, "ann")[-1]["subject"]
    'Your verification code'
    """
    narrowed = {"username": username} if username else {}
    return sandbox.ask("mail", user_pool_id=pool_id, **narrowed)


def code(pool_id: str, username: str) -> str | None:
    """The code in the newest message to this user, if there is one.

    >>> cognito.confirm_sign_up(client_id, "ann", code(pool_id, "ann"))
    """
    codes = [message["code"] for message in messages(pool_id, username) if message["code"]]
    return codes[-1] if codes else None


def text(pool_id: str, username: str, hidden: bool = True) -> str:
    """The newest message to this user in one line, its code hidden unless told otherwise.

    >>> text(pool_id, "ann")
    'To ann@example.com: Your verification code is ••••••.'
    """
    if not cloud.current().is_sandbox:
        return ELSEWHERE
    sent = messages(pool_id, username)
    if not sent:
        return f"There is no mail to {username}."
    return f"To {sent[-1]['destination']}: {_body(sent[-1], hidden).strip()}"


def table(pool_id: str, username: str | None = None) -> "Table":
    """The messages as a table, newest last; their codes are hidden.

    >>> table(pool_id, "ann")
    """
    from helpers._inner.tables import Table

    rows = [
        (message["destination"], message["subject"], _body(message, hidden=True))
        for message in messages(pool_id, username)
    ]
    if not cloud.current().is_sandbox:
        rows = [("the reader", "", ELSEWHERE)]
    return Table(rows, columns=["To", "Subject", "Text"])


def _body(message: dict[str, Any], hidden: bool) -> str:
    body = str(message["body"])
    return body.replace(message["code"], HIDDEN) if hidden and message["code"] else body
