"""What Cognito, SES, and SNS to a phone would have sent, kept for the reader to look at."""

import threading
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from cognito_sandbox.lasting import lasting
from cognito_sandbox.newest import KEPT

FILTERS = {"user_pool_id", "username"}
WITH_PASSWORD = "AdminCreateUser"  # the purpose of mail that no file gets
_messages: deque[dict[str, Any]] = lasting(
    "mail", deque(maxlen=KEPT), but=lambda message: message["purpose"] == WITH_PASSWORD
)
_lock = threading.Lock()


def add(**message: object) -> None:
    """Keep one message: to whom, by which medium, for what purpose, and its text."""
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    with _lock:
        _messages.append({"id": str(uuid.uuid4()), "time": stamp, **message})


def add_other(to: str, medium: str, purpose: str, subject: str | None, body: str) -> None:
    """Keep a message of another service, which is of no pool, and to no user."""
    nobody = {"user_pool_id": "", "username": "", "code": ""}
    add(**nobody, destination=to, medium=medium, purpose=purpose, subject=subject, body=body)


def messages(**wanted: str) -> list[dict[str, Any]]:
    """The messages, newest last; `user_pool_id` and `username` narrow them down.

    Where users sign in with their e-mail address, that is their name here, too.
    """
    with _lock:
        return [m for m in _messages if all(_matches(m, *item) for item in wanted.items())]


def _matches(message: dict[str, Any], key: str, value: str) -> bool:
    return message[key] == value or (key == "username" and message["destination"] == value)
