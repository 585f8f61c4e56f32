"""The runs of functions, kept to be looked at: what each was given, what it answered and said."""

import threading
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 1_000
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
    log: list[str] = field(default_factory=list)  # without what Lambda writes about each run

    @property
    def weight(self) -> int:
        return len(self.event) + len(self.answer or "") + sum(map(len, self.log))


_runs: OrderedDict[int, Run] = OrderedDict()
_weight = 0
_lock = threading.Lock()


def begin(function: str, request_id: str, cold: bool, event: bytes) -> Run:
    run = Run(function, request_id, cold, event.decode("utf-8", "replace"))
    with _lock:
        _runs[id(run)] = run
        _forget(run.weight)
    return run


def end(run: Run, milliseconds: float, answer: bytes, error: str | None, lines: list[str]) -> None:
    with _lock:
        before = run.weight
        run.answer, run.error = answer.decode("utf-8", "replace"), error
        run.log, run.milliseconds = lines, round(milliseconds, 3)
        if id(run) in _runs:
            _forget(run.weight - before)


def _forget(added: int) -> None:
    """The oldest, until the others are few and light enough."""
    global _weight
    _weight += added
    while len(_runs) > KEPT or (_weight > HEAVIEST and len(_runs) > 1):
        _, oldest = _runs.popitem(last=False)
        _weight -= oldest.weight


def made(function: str | None = None) -> list[dict[str, Any]]:
    """The runs, newest last; those of one function, if it is named."""
    with _lock:
        return [asdict(run) for run in _runs.values() if function in (None, run.function)]
