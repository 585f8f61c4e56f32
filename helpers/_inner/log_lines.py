"""Lambda's log lines: which of them Lambda writes itself, and what they tell of a run."""

import re
from collections.abc import Iterable
from typing import TypedDict

START = "START RequestId"  # the first of a run's lines
_OWN = r"(?:START|END|REPORT) RequestId: |INIT_START Runtime |INIT_REPORT Init "
_NO_FRAMES = "\nTraceback (most recent call last):"  # Lambda writes it even if none follow
_PLATFORM = re.compile(_OWN)
_START = re.compile(rf"{START}: (\S+)")
_REPORT = re.compile(r"REPORT RequestId: (\S+).*?\tDuration: ([0-9.]+) ms")
_FAILURE = re.compile(r"\[ERROR\] |.* Task timed out after ")
_LEVEL = re.compile(r"\[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\]\t\S+\t\S*\t")
_BREAK = re.compile(rf"\n(?!Traceback|\s)|(?={_OWN})")  # a traceback stays with its error


class Event(TypedDict, total=False):
    """One line of a log, as the API gives it."""

    timestamp: int  # milliseconds since 1970
    message: str


def lines(log: str) -> list[str]:
    """The lines of a log in one piece, such as the tail that Invoke returns."""
    return [line for line in _BREAK.split(log.strip("\n")) if line]


def parted(line: str) -> tuple[str, str]:
    """The level and the text of a line; Lambda's own have the level "platform"."""
    text = line.strip().replace("\N{NO-BREAK SPACE}", " ").removesuffix(_NO_FRAMES)
    found = _LEVEL.match(text)
    if found:
        return found[1], text[found.end() :]
    if text.startswith("[ERROR]"):
        return "ERROR", text.removeprefix("[ERROR]").strip()
    return ("platform" if _PLATFORM.match(text) else "print"), text.replace("\t", "  ")


def said(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The level and the text of the function's own lines."""
    return [(level, text) for level, text in map(parted, lines) if level != "platform"]


def milliseconds(lines: Iterable[str]) -> float | None:
    """How long the run took, once Lambda has reported it."""
    reported = next(filter(None, map(_REPORT.match, lines)), None)
    return float(reported[2]) if reported else None


def request_id(lines: Iterable[str]) -> str | None:
    """Which run it was, once Lambda has reported it."""
    reported = next(filter(None, map(_REPORT.match, lines)), None)
    return reported[1] if reported else None


def is_cold(lines: Iterable[str]) -> bool:
    """Was a new execution environment made for the run?"""
    return any(line.startswith("INIT_START ") or "\tInit Duration: " in line for line in lines)


def failed(lines: Iterable[str]) -> bool:
    """Did the run end in an error or in a timeout?"""
    return any(map(_FAILURE.match, lines))


def runs(events: Iterable[Event]) -> list[list[Event]]:
    """The events of one stream, run by run; what comes before the first START is left out.

    A cold start's INIT_START belongs to the run after it.
    """
    found: list[list[Event]] = []
    waiting: list[Event] = []
    for event in events:
        if event["message"].startswith("INIT_START ") and (not found or has_ended(found[-1])):
            waiting = [event]
        elif _START.match(event["message"]):
            found.append([*waiting, event])
            waiting = []
        elif waiting:
            waiting.append(event)
        elif found:
            found[-1].append(event)
    return found


def started(run: Iterable[Event]) -> tuple[int, str]:
    """When the run started, in milliseconds since 1970, and its request's id."""
    starts = ((event, _START.match(event["message"])) for event in run)
    return next((event["timestamp"], start[1]) for event, start in starts if start)


def has_ended(run: Iterable[Event]) -> bool:
    """Is the run's last line there?"""
    report = f"REPORT RequestId: {started(run)[1]}"
    return any(event["message"].startswith(report) for event in run)
