"""AWS calls that go wrong on purpose: any call of a run, in any of these ways."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from helpers import cloud

# botocore's events in their order; what is raised in the last two is not tried again.
INSTEAD, SENDING, ANSWERED = "before-call", "request-created", "response-received"


@dataclass(frozen=True)
class Way:
    """What happens to a call, when, and the words (a pattern) that the reader is to be told."""

    moment: str
    act: Callable[[str, str], Any]  # of the call's service and action
    told: str
    lasting: bool = False  # until the cell ends


def _raising(error: type[BaseException], **details: str) -> Callable[[str, str], None]:
    def act(_: str, __: str) -> None:
        raise error(**details)

    return act


def _refusing(message: str, usual: str, **others: str) -> Callable[[str, str], Any]:
    """AWS's refusal; the answer to a HEAD has no body, so all that it tells is the status."""

    def act(service: str, action: str) -> Any:
        error = {"Code": others.get(service, usual), "Message": message}
        if action.startswith("Head"):
            error = {"Code": "400", "Message": "Bad Request"}
        return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}

    return act


def _end_kernel(_: str, __: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _end_sandbox(_: str, __: str) -> None:
    sandbox = cloud.current()._sandbox
    assert sandbox
    sandbox._process.kill()
    sandbox._process.wait()


interrupt = _raising(KeyboardInterrupt)
unreachable = _raising(EndpointConnectionError, endpoint_url="https://aws")
cut_off = _raising(ConnectionClosedError, endpoint_url="https://aws")
throttle = _refusing(
    "Rate exceeded",
    "ThrottlingException",
    dynamodb="ProvisionedThroughputExceededException",
    s3="SlowDown",
)
expire = _refusing(
    "The security token included in the request is expired",
    "ExpiredTokenException",
    s3="ExpiredToken",
)
AWAY = "did not answer|does not answer|cannot be reached"
WAYS = {
    "interrupted": Way(SENDING, interrupt, "^KeyboardInterrupt: $"),
    "interrupted-waiting": Way(ANSWERED, interrupt, "^KeyboardInterrupt: $"),
    "unreachable": Way(SENDING, unreachable, AWAY, lasting=True),
    "cut-off": Way(ANSWERED, cut_off, AWAY),
    "throttled": Way(INSTEAD, throttle, "exceeded|Throttling|400"),
    "expired": Way(INSTEAD, expire, "expired|400", lasting=True),
    "kernel-killed": Way(SENDING, _end_kernel, "$^"),
    "sandbox-killed": Way(SENDING, _end_sandbox, AWAY),
}
DEADLY = ("kernel-killed", "sandbox-killed")


@dataclass(frozen=True)
class Point:
    """A call of a run: the number of its cell, its own number within the cell, and its name."""

    cell: int
    number: int
    name: str

    def __str__(self) -> str:
        return f"cell {self.cell}, call {self.number} ({self.name})"


class Hit(NamedTuple):
    """A call that went wrong, and the way."""

    point: Point
    way: str

    def __str__(self) -> str:
        return f"{self.point} {self.way}"


class Interrupter:
    """Notes the calls of a run, and has some of them go wrong."""

    def __init__(self) -> None:
        self.start({})

    def start(self, armed: dict[tuple[int, int], str]) -> None:
        """A new run, in which the calls at these cells and numbers go wrong, each once."""
        self._armed, self._cell, self._due = dict(armed), 0, ""
        self.calls: list[Point] = []
        self.hits: list[Hit] = []

    def enter(self, cell: int) -> None:
        """A cell begins, perhaps for the second time: what lasted is over."""
        self._cell, self._due = cell, ""

    def watch(self, session: Any) -> None:
        """Listen to the calls of this session's clients, those made from now on."""
        for moment in (INSTEAD, SENDING, ANSWERED):
            session.events.register(moment, self._on)

    def _on(self, event_name: str, **_: Any) -> Any:
        moment, service, action = event_name.split(".")
        if moment == INSTEAD:
            self._note(f"{service}.{action}")
        if not self._due or WAYS[self._due].moment != moment:
            return None
        way = WAYS[self._due]
        if not way.lasting:
            self._due = ""
        return way.act(service, action)

    def _note(self, name: str) -> None:
        number = sum(call.cell == self._cell for call in self.calls) + 1
        self.calls.append(Point(self._cell, number, name))
        if way := self._armed.pop((self._cell, number), ""):
            self._due = way
            self.hits.append(Hit(self.calls[-1], way))
