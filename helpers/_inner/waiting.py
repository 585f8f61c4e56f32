"""Waiting: looking again and again, ever less often, as long as the patience lasts."""

import time
from collections.abc import Iterator


def looks(patience: float, first: float = 0.05, longest: float = 3.0) -> Iterator[None]:
    """Once around the loop for each look, one at least; `first` and `longest` are the pauses."""
    deadline, pause = time.monotonic() + patience, first
    yield
    while time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 2, longest)
        yield
