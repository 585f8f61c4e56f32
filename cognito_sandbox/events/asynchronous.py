"""Invocations that nobody waits for: kept, tried up to three times, and told of at their end.

(events contract 6)
"""

import heapq
import itertools
import json
import threading
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import invoke_configs, outbox, role_rights
from cognito_sandbox.events.delivery import NOT_RUN, Delivery, deliver
from cognito_sandbox.events.destinations import iso
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.store import functions

PAUSES = (60.0, 120.0)  # before the second and the third attempt
LONGEST_PAUSE = 300.0  # between attempts to find room for a function that is throttled
AT_ONCE = 32


@dataclass(frozen=True)
class Invocation:
    """One event on its way to a function."""

    function_arn: str
    qualifier: str
    payload: bytes
    context: dict[str, Any] | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    accepted: float = field(default_factory=clock.waiting_now)
    attempts: int = 0
    throttled: int = 0
    last: Delivery = NOT_RUN

    @property
    def target(self) -> str:
        latest = self.qualifier == "$LATEST"
        return self.function_arn if latest else f"{self.function_arn}:{self.qualifier}"

    @property
    def config(self) -> invoke_configs.InvokeConfig:
        return invoke_configs.find(self.function_arn, self.qualifier)

    @property
    def pause(self) -> float:
        """How long until the next attempt."""
        if self.throttled:
            return min(2.0 ** (self.throttled - 1), LONGEST_PAUSE)
        return PAUSES[self.attempts - 1]


class Queue(Poller):
    """The invocations to come, by the time at which each is due."""

    def __init__(self) -> None:
        super().__init__()
        self._due: list[tuple[float, int, Invocation]] = []
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "asynchronous")

    def add(self, invocation: Invocation, due: float) -> None:
        with self._lock:
            heapq.heappush(self._due, (due, next(self._numbers), invocation))
        self.wake()

    def step(self) -> float | None:
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > clock.waiting_now():
                    return self._due[0][0] if self._due else None
                _, _, invocation = heapq.heappop(self._due)
            self._pool.submit(self._attempt, invocation)

    def _attempt(self, invocation: Invocation) -> None:
        try:
            _attempt(self, invocation)
        except Exception:
            traceback.print_exc()


_queue = Queue()


def start() -> None:
    """From now on, what is accepted is run."""
    _queue.start()


def accept(invocation: Invocation) -> None:
    """Take an invocation; it runs in a moment."""
    _queue.add(invocation, 0.0)


def accept_for(arn: str, payload: bytes) -> None:
    """Take an event for a function, or for a version or an alias, by its ARN."""
    accept(Invocation(*functions.split(arn), payload))


def _attempt(queue: Queue, invocation: Invocation) -> None:
    function = functions.find(invocation.target)
    if function and function.concurrency == 0:
        _give_up(invocation, "ZeroReservedConcurrency")
        return
    delivery = deliver(
        invocation.target, invocation.payload, invocation.context, invocation.request_id
    )
    if not delivery.ran:
        tried = replace(invocation, throttled=invocation.throttled + 1)
    else:
        tried = replace(invocation, attempts=invocation.attempts + 1, throttled=0, last=delivery)
    if delivery.ran and not delivery.failed:
        _tell(tried, "Success")
    elif tried.attempts > tried.config.retries:
        _give_up(tried, "RetriesExhausted")
    elif clock.waiting_now() + tried.pause - tried.accepted > tried.config.longest_age:
        _give_up(tried, "EventAgeExceeded")
    else:
        queue.add(tried, clock.waiting_now() + tried.pause)


def _give_up(invocation: Invocation, condition: str) -> None:
    _bury(invocation)
    _tell(invocation, condition)


def _tell(invocation: Invocation, condition: str) -> None:
    """Tell the destination, if there is one."""
    outcome = "OnSuccess" if condition == "Success" else "OnFailure"
    arn = invocation.config.destination(outcome)
    if arn:
        _send(invocation.target, arn, _record(invocation, condition))


def _record(invocation: Invocation, condition: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": iso(clock.now()),
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": f"{invocation.function_arn}:{invocation.qualifier}",
            "condition": condition,
            "approximateInvokeCount": invocation.attempts,
        },
        "requestPayload": json.loads(invocation.payload),
    }
    if invocation.last.ran:
        response = {"statusCode": 200, "executedVersion": invocation.last.version}
        if invocation.last.failed:
            response["functionError"] = "Unhandled"
        record |= {
            "responseContext": response,
            "responsePayload": json.loads(invocation.last.payload or b"null"),
        }
    return record


def _send(teller: str, arn: str, record: dict[str, Any]) -> None:
    service = arn.split(":")[2]
    if service == "s3":
        outbox.store(teller, arn, f"async/{teller.split(':')[6]}", record)
    elif service != "lambda":
        outbox.send(teller, arn, record)
    elif role_rights.may_tell(teller, arn):
        accept_for(arn, json.dumps(record).encode())


def _bury(invocation: Invocation) -> None:
    """Hand the event to the function's dead-letter queue, as it was sent."""
    function = functions.find(invocation.target)
    arn = function.dead_letters if function else None
    if not arn:
        return
    failed = invocation.last
    outbox.send_text(
        invocation.target,
        arn,
        invocation.payload.decode(),
        RequestID=("String", invocation.request_id),
        ErrorCode=("Number", "200" if failed.ran else "429"),
        ErrorMessage=("String", failed.error_message[:1024] or "Throttled"),
    )
