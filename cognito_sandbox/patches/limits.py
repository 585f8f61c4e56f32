"""An end to what moto would keep forever: all objects that it ever made, and all log events."""

import threading
from collections import deque

from moto.core.common_models import BaseModel
from moto.logs import models
from moto.logs.models import LogStream

from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

NEEDS = (
    "moto.core.common_models:BaseModel.__new__",
    "moto.logs.models:LogGroup.create_log_stream",
    "moto.logs.models:LogGroup.delete_log_stream",
    "moto.logs.models:LogGroup.describe_log_streams",
    "moto.logs.models:LogGroup.filter_log_events",
    "moto.logs.models:LogGroup.get_log_events",
    "moto.logs.models:LogGroup.put_log_events",
)
EVENTS = 50_000  # of one log group: some ten thousand invocations


def _untracked(cls: type, *_: object, **__: object) -> object:
    return super(BaseModel, cls).__new__(cls)


class LogGroup(models.LogGroup):
    """A log group that keeps its newest events, and that several threads may read and write."""

    def __init__(self, *values: object, **named: object) -> None:
        super().__init__(*values, **named)
        self._batches: deque[tuple[LogStream, int]] = deque()
        self._count, self._lock = 0, threading.RLock()

    def put_log_events(self, log_stream_name: str, log_events: list[dict[str, object]]) -> object:
        """Not locked as a whole: a subscription's function runs in here."""
        stream = self.streams.get(log_stream_name)
        token = super().put_log_events(log_stream_name, log_events)
        with self._lock:
            self._batches.append((stream, len(log_events)))
            self._count += len(log_events)
            while self._count > EVENTS and len(self._batches) > 1:
                self._forget(*self._batches.popleft())
        return token

    def _forget(self, stream: LogStream, number: int) -> None:
        del stream.events[:number]
        self._count -= number

    @failures.hands_on
    def create_log_stream(self, log_stream_name: str) -> None:
        with self._lock:
            super().create_log_stream(log_stream_name)

    @failures.hands_on
    def delete_log_stream(self, log_stream_name: str) -> None:
        with self._lock:
            super().delete_log_stream(log_stream_name)

    @failures.hands_on
    def describe_log_streams(self, *values: object, **named: object) -> object:
        with self._lock:
            return super().describe_log_streams(*values, **named)

    @failures.hands_on
    def get_log_events(self, *values: object, **named: object) -> object:
        with self._lock:
            return super().get_log_events(*values, **named)

    @failures.hands_on
    def filter_log_events(self, *values: object, **named: object) -> object:
        with self._lock:
            return super().filter_log_events(*values, **named)


def install() -> None:
    """From now on, moto lets go of what nothing uses any more."""
    needs.check(NEEDS)
    BaseModel.__new__ = staticmethod(_untracked)
    models.LogGroup = LogGroup
