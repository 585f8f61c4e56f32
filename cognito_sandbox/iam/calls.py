"""What functions asked of AWS with their role's credentials: kept to be looked at."""

from collections import deque
from datetime import UTC, datetime
from typing import NamedTuple

from cognito_sandbox import clock

KEPT = 5_000


class Made(NamedTuple):
    """One call: who made it, what for, and how it ended; never what it carried."""

    time: str
    function: str
    request_id: str | None
    service: str
    action: str
    resource: str
    outcome: str  # ok, or the error's code


_calls: deque[Made] = deque(maxlen=KEPT)


def now() -> str:
    return datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="milliseconds")


def add(call: Made) -> None:
    _calls.append(call)


def made(function: str | None = None) -> list[dict[str, str | None]]:
    """The calls, newest last; those of one function, if it is named."""
    return [call._asdict() for call in list(_calls) if function in (None, call.function)]
