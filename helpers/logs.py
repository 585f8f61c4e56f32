"""A function's log events: waited for until the invocation's last line is there, then tabulated.

>>> logs.table(outputs["AutoConfirmFunction"])
"""

import time
from typing import TYPE_CHECKING, Any

from helpers import cloud
from helpers._inner import log_lines
from helpers._inner.progress import Progress
from helpers.errors import LogsNotThereError, told_briefly, unless

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["count", "group", "latest", "said", "table"]

PATIENCE = 60.0
STREAMS = 5  # as many of the newest streams are looked at: their order is not quite sure


def latest(
    function: str, about: str = "", after: int = 0, patience: float = PATIENCE
) -> list[dict[str, Any]]:
    """The log events of the function's last invocation, once it has ended; oldest first.

    Only an invocation counts whose lines hold the text `about`, and that started later than
    `after`, the `timestamp` of an earlier event.

    >>> [event["message"] for event in latest("my-function", about="ann")]
    """
    log = group(function)
    deadline, pause = time.monotonic() + patience, 0.02
    with Progress(f"Log of {function}") as progress, told_briefly():
        while True:
            events = _last_invocation(log, about)
            if events and events[0]["timestamp"] > after and log_lines.has_ended(events):
                return events
            if time.monotonic() > deadline:
                raise LogsNotThereError(
                    f"The log of {function} shows no finished invocation"
                    + (f' about "{about}"' if about else "")
                    + f" after {patience:.0f} seconds. Was the function run? If it was, its lines "
                    "may just be late: run this again."
                )
            time.sleep(pause)
            pause = min(pause * 2, 3)
            progress.say(f"Log of {function}: waiting for its lines")


def table(function: str, about: str = "", after: int = 0, patience: float = PATIENCE) -> "Table":
    """The log events of the function's last invocation as a table, Lambda's own lines included.

    >>> table("my-function")
    """
    from helpers._inner.tables import Table, times

    rows = [
        (event["timestamp"], *log_lines.parted(event["message"]))
        for event in latest(function, about, after, patience)
    ]
    frame = Table(rows, columns=["Time", "Level", "Message"])
    frame["Time"] = times(frame["Time"], unit="ms")
    return frame


def said(function: str, about: str = "", after: int = 0, patience: float = PATIENCE) -> "Table":
    """What the function itself said in its last invocation: no lines of Lambda's, no times.

    >>> said("my-function", about="ann")
    """
    from helpers._inner.tables import Table

    lines = table(function, about, after, patience)
    return Table(lines.loc[lines["Level"] != "platform", ["Level", "Message"]])


def count(
    function: str, text: str = "START RequestId", at_least: int = 0, patience: float = PATIENCE
) -> int:
    """How many lines of the function's log hold this text; by default, its invocations.

    Lines arrive late: where `at_least` so many are expected, they are waited for, but not for ever.

    >>> count("my-function")
    3
    """
    deadline = time.monotonic() + patience
    with Progress(f"Log of {function}") as progress:
        while (found := _count(function, text)) < at_least and time.monotonic() < deadline:
            progress.say(f"Log of {function}: waiting for its lines")
            time.sleep(0.5)
    return found


def _count(function: str, text: str) -> int:
    pattern = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    name = group(function)
    with unless("ResourceNotFoundException"), told_briefly():
        pages = _api().get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=name, filterPattern=pattern)
        return sum(len(page["events"]) for page in found)
    return 0  # the group comes with the first invocation


def _api() -> Any:
    return cloud.client("logs")


def group(function: str) -> str:
    """The log group of a function, which must exist; its name or ARN will do.

    >>> group("my-function")
    '/aws/lambda/my-function'
    """
    with told_briefly():
        found = cloud.client("lambda").get_function_configuration(FunctionName=function)
    usual = f"/aws/lambda/{found['FunctionName']}"
    return str(found.get("LoggingConfig", {}).get("LogGroup", usual))


def _last_invocation(group: str, about: str) -> list[dict[str, Any]]:
    """The events of the invocation that started last, in any of the newest streams."""
    try:
        streams = _api().describe_log_streams(
            logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS
        )["logStreams"]
    except _api().exceptions.ResourceNotFoundException:
        return []  # the group comes with the first invocation
    found = [_last_of_stream(group, stream["logStreamName"], about) for stream in streams]
    return max(found, key=lambda events: events[0]["timestamp"] if events else 0, default=[])


def _last_of_stream(group: str, stream: str, about: str) -> list[dict[str, Any]]:
    """Read backwards, until such an invocation is there."""
    events: list[dict[str, Any]] = []
    place: dict[str, str] = {}
    while True:
        page = _api().get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=False, **place
        )
        events = page["events"] + events
        found = [
            run for run in log_lines.runs(events) if any(about in event["message"] for event in run)
        ]
        if found:
            return found[-1]
        if not page["events"] or page["nextBackwardToken"] == place.get("nextToken"):
            return []
        place = {"nextToken": page["nextBackwardToken"]}
