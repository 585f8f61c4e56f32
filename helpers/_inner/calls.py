"""The AWS calls that the helpers make, told to whoever listens: names and outcomes, no values."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3.session import Session

STARTED = "cognito_trigger_notebooks_started"


@dataclass(frozen=True)
class Call:
    """One call; `refused` is AWS's error code, `asked` the challenge that a sign-in came to.

    Times are seconds since 1970.
    """

    service: str
    action: str
    started: float
    ended: float
    refused: str | None
    asked: str | None = None


listeners: list[Callable[[Call], None]] = []


@contextmanager
def unheard() -> Iterator[None]:
    """Tell nobody of the calls in here: the helpers make them to tell a story."""
    kept, listeners[:] = listeners[:], []
    try:
        yield
    finally:
        listeners[:] = kept


def watch(session: "Session") -> None:
    """Tell the listeners of each call of this session's clients."""
    session.events.register("before-call", _before)
    session.events.register("after-call", _after)
    session.events.register("after-call-error", _failed)


def _before(context: dict[str, Any], **_: object) -> None:
    context[STARTED] = time.time()


def _after(event_name: str, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    refused = parsed.get("Error", {}).get("Code")
    _tell(event_name, context, refused, parsed.get("ChallengeName"))


def _failed(event_name: str, exception: Exception, context: dict[str, Any], **_: object) -> None:
    _tell(event_name, context, type(exception).__name__)


def _tell(
    event_name: str, context: dict[str, Any], refused: str | None, asked: str | None = None
) -> None:
    _, service, action = event_name.split(".")
    tell(Call(service, action, context.get(STARTED, time.time()), time.time(), refused, asked))


def tell(call: Call) -> None:
    """Tell the listeners of a call."""
    for listener in listeners:
        listener(call)
