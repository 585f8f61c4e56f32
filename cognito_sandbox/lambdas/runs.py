"""The runs of functions, kept to be looked at: what each was given, what it answered and said."""

import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 2_000
HEAVIEST = 32 * 1024 * 1024  # bytes of all events, answers and lines together


@dataclass(eq=False)
class Run:
    """One run; what is None is not known before its end."""

    function: str
    request_id: str
    cold: bool
    event: str
    started: float = field(default_factory=time.time)
    milliseconds: float | None = None
    answer: str | None = None
    error: str | None = None  # Lambda's error type; the answer says more
    log: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        return len(self.event) + len(self.answer or "") + sum(map(len, self.log))


_runs: deque[Run] = deque()
_ended_weight = 0
_lock = threading.Lock()


def begin(function: str, request_id: str, cold: bool, event: bytes) -> Run:
    run = Run(function, request_id, cold, event.decode("utf-8", "replace"))
    with _lock:
        _runs.append(run)
        _forget()
    return run


def end(run: Run, milliseconds: float, answer: bytes, error: str | None, lines: list[str]) -> None:
    global _ended_weight
    with _lock:
        run.answer, run.error = answer.decode("utf-8", "replace"), error
        run.log, run.milliseconds = lines, round(milliseconds, 3)
        if run in _runs:
            _ended_weight += run.weight
        _forget()


def _forget() -> None:
    """The oldest, until the others are few and light enough."""
    global _ended_weight
    while len(_runs) > KEPT or (_ended_weight > HEAVIEST and len(_runs) > 1):
        oldest = _runs.popleft()
        _ended_weight -= oldest.weight if oldest.milliseconds is not None else 0


def made(function: str | None = None) -> list[dict[str, Any]]:
    """The runs, newest last; those of one function, if it is named."""
    with _lock:
        return [asdict(run) for run in _runs if function in (None, run.function)]
