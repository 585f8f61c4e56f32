"""A function's log events: waited for until the invocation's last line is there, then tabulated.

>>> logs.table(outputs["AutoConfirmFunction"])
"""

import re
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from helpers import cloud
from helpers.errors import LogsNotThereError, RefusedError
from helpers.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 60.0
REQUEST = re.compile(r"RequestId: ([0-9a-f-]{36})")
LEVEL = re.compile(r"\[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\]\t\S+\t\S*\t")


def latest(
    function: str, after: int = 0, patience: float = PATIENCE, limit: int = 100
) -> list[dict[str, Any]]:
    """The log events of the function's last invocation, once it has ended; oldest first.

    `after` is the `timestamp` of an earlier event: only an invocation that started later counts.

    >>> [event["message"] for event in latest("my-function")]
    """
    deadline, pause = time.monotonic() + patience, 0.02
    with Progress(f"Log of {function}") as progress:
        while True:
            events = _last_invocation(_newest_events(function, limit))
            if events and events[0]["timestamp"] > after and _ended(events):
                return events
            if time.monotonic() > deadline:
                raise LogsNotThereError(
                    f"The log of {function} shows no finished invocation after {patience:.0f} "
                    "seconds. Was the function run? If it was, its lines may just be late: run "
                    "this again."
                )
            time.sleep(pause)
            pause = min(pause * 2, 3)
            progress.say(f"Log of {function}: waiting for its lines")


def table(function: str, after: int = 0, patience: float = PATIENCE) -> "pd.DataFrame":
    """The log events of the function's last invocation as a table.

    >>> table("my-function")
    """
    import pandas as pd

    rows = [
        (event["timestamp"], *_parted(event["message"]))
        for event in latest(function, after, patience)
    ]
    frame = pd.DataFrame(rows, columns=["Time", "Level", "Message"])
    frame["Time"] = pd.to_datetime(frame["Time"], unit="ms", utc=True)
    return frame


def count(function: str, text: str = "START RequestId") -> int:
    """How many lines of the function's log hold this text; by default, its invocations.

    >>> count("my-function")
    3
    """
    try:
        pages = (
            _api()
            .get_paginator("filter_log_events")
            .paginate(logGroupName=_group(function), filterPattern=f'"{text}"')
        )
        return sum(len(page["events"]) for page in pages)
    except ClientError as error:
        if _is_missing(error):
            return 0
        raise RefusedError.of(error) from None


def _api() -> Any:
    return cloud.client("logs")


def _group(function: str) -> str:
    return f"/aws/lambda/{function}"


def _is_missing(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")


def _newest_events(function: str, limit: int) -> list[dict[str, Any]]:
    """The last events of the stream that was written to last; none if there is no group yet."""
    group = _group(function)
    try:
        streams = _api().describe_log_streams(
            logGroupName=group, orderBy="LastEventTime", descending=True, limit=5
        )["logStreams"]
        if not streams:
            return []
        newest = max(streams, key=lambda stream: stream.get("lastEventTimestamp", 0))
        events: list[dict[str, Any]] = _api().get_log_events(
            logGroupName=group,
            logStreamName=newest["logStreamName"],
            startFromHead=False,
            limit=limit,
        )["events"]
    except ClientError as error:
        if _is_missing(error):
            return []
        raise RefusedError.of(error) from None
    return events


def _last_invocation(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the last START (or the INIT_START before it) on."""
    starts = [n for n, event in enumerate(events) if event["message"].startswith("START ")]
    if not starts:
        return []
    first = starts[-1]
    before = [n for n, event in enumerate(events) if event["message"].startswith("INIT_START")]
    if len(starts) == 1 and before:
        first = before[-1]
    return events[first:]


def _ended(events: list[dict[str, Any]]) -> bool:
    started = next(
        REQUEST.search(e["message"]) for e in events if e["message"].startswith("START ")
    )
    return any(
        event["message"].startswith("REPORT ") and started and started[1] in event["message"]
        for event in events
    )


def _parted(message: str) -> tuple[str, str]:
    """The level and the text of a log line."""
    text = message.strip().replace("\u00a0", " ")
    found = LEVEL.match(text)
    if found:
        return found[1], text[found.end() :]
    if text.startswith("[ERROR]"):
        return "ERROR", text.removeprefix("[ERROR]").strip()
    platform = ("INIT_START", "INIT_REPORT", "START ", "END ", "REPORT ")
    return ("platform" if text.startswith(platform) else "print"), text.replace("\t", "  ")
