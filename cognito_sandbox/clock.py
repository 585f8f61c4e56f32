"""The sandbox's time: the machine's, moved forward when somebody asks, never back.

What expires (codes, sessions, tokens) asks `now()`. What waits (retries, windows, schedules) calls
`wait()`, which ends sooner when the time is moved, or when waits were asked to pass faster.
"""

import threading
import time

from cognito_sandbox import lasting

FURTHEST = 100 * 365 * 24 * 3600  # what is reckoned from then on still has a date

_changed = threading.Condition()
_ahead = 0.0  # seconds that were added to the machine's time
_speed = 1.0  # how much faster waits pass than in AWS
_waited, _since = time.time(), time.monotonic()  # waiting_now() at the last change; when that was


def now() -> float:
    """Seconds since 1970, as the sandbox has it."""
    return time.time() + _ahead


def ahead() -> float:
    """How many seconds the sandbox is ahead of the machine."""
    return _ahead


def speed() -> float:
    """How much faster than in AWS waits pass: 1 unless somebody asked for more."""
    return _speed


def forward(seconds: float) -> None:
    """Move the time; what waits may be through with it."""
    change(seconds, _speed)


def hurry(speed: float) -> None:
    """Let waits pass this much faster than in AWS; the time itself stays what it is."""
    change(0, speed)


def change(seconds: float, speed: float) -> None:
    """Move the time and hurry waits, or neither if one of them cannot be."""
    global _ahead, _speed, _waited, _since
    if not seconds >= 0:
        raise ValueError("The sandbox's time moves forward only.")
    if _ahead + seconds > FURTHEST:
        raise ValueError("The sandbox's time moves a hundred years ahead at most.")
    if not speed >= 1:
        raise ValueError("Waits pass as in AWS (1) or faster, never more slowly.")
    with _changed:
        _waited, _since = waiting_now() + seconds, time.monotonic()
        _ahead, _speed = _ahead + seconds, speed
        _changed.notify_all()
    lasting.changed()


def waiting_now() -> float:
    """The time as those see it who wait: ahead of `now()` where waits were hurried."""
    return _waited + (time.monotonic() - _since) * _speed


def wait(seconds: float, woken: threading.Event | None = None) -> bool:
    """Wait as long as AWS would; False as soon as somebody calls `wake` with this event."""
    with _changed:
        end = waiting_now() + seconds
        while not (woken and woken.is_set()):
            left = end - waiting_now()
            if left <= 0:
                return True
            _changed.wait(min(left / _speed, threading.TIMEOUT_MAX))
    return False


def wake(woken: threading.Event) -> None:
    """Set the event, and tell those who wait with it."""
    with _changed:
        woken.set()
        _changed.notify_all()


def state() -> dict[str, float]:
    """For who looks at it from outside."""
    return {"now": now(), "ahead": _ahead, "speed": _speed}
