"""Invocations that nobody waits for: kept, and tried up to three times.

(events contract 6)
"""

import heapq
import itertools
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from cognito_sandbox import clock
from cognito_sandbox.events import outcomes
from cognito_sandbox.events.delivery import deliver
from cognito_sandbox.events.invocations import Invocation
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.store import functions

AT_ONCE = 32


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
        outcomes.tell(tried, "Success", accept_for)
    elif tried.attempts > tried.config.retries:
        _give_up(tried, "RetriesExhausted")
    elif clock.waiting_now() + tried.pause - tried.accepted > tried.config.longest_age:
        _give_up(tried, "EventAgeExceeded")
    else:
        queue.add(tried, clock.waiting_now() + tried.pause)


def _give_up(invocation: Invocation, condition: str) -> None:
    outcomes.bury(invocation)
    outcomes.tell(invocation, condition, accept_for)
