"""A function's log events: waited for until the invocation's last line is there, then tabulated.

>>> logs.table(outputs["AutoConfirmFunction"])
"""

from typing import TYPE_CHECKING, Any, Union

from helpers import cloud
from helpers._inner import log_lines
from helpers._inner.log_lines import Event
from helpers._inner.progress import Progress
from helpers._inner.waiting import looks
from helpers.errors import LogsNotThereError, told_briefly, unless

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from helpers._inner.tables import Table
    from helpers.invoking import Invocation

__all__ = ["count", "group", "latest", "lines", "said", "table"]

PATIENCE, HERE = 60.0, 15.0
After = Union[int, "Invocation"]  # a time in milliseconds since 1970, or a run
STREAMS = 5  # as many of the newest streams are looked at: their order is not quite sure


def latest(
    function: str, about: str = "", after: After = 0, patience: float | None = None
) -> list[Event]:
    """The log events of the function's last invocation, once it has ended; oldest first.

    Only an invocation counts whose lines hold the text `about`, and that started later than
    `after`: an `invoke` of yours, or the `timestamp` of an earlier event. Its end is waited for
    as long as `patience` says, in seconds; by default for 15 in the sandbox, for 60 in an account.

    >>> [event["message"] for event in latest("my-function", about="ann")]
    """
    at_most = _usual() if patience is None else patience
    log, since = group(function), _start(function, after, at_most)
    with Progress(f"Log of {function}") as progress, told_briefly():
        for _ in looks(at_most, first=0.02):
            events = _last_invocation(log, about)
            if events and events[0]["timestamp"] > since and log_lines.has_ended(events):
                return events
            progress.say(f"Log of {function}: waiting for its lines")
    raise _not_there(function, about, at_most)


def _usual() -> float:
    """In the sandbox, a run's lines are there as soon as it has ended."""
    return HERE if cloud.current().is_sandbox else PATIENCE


def _not_there(function: str, about: str, patience: float) -> LogsNotThereError:
    told = f' about "{about}"' if about else ""
    return LogsNotThereError(
        f"The log of {function} shows no finished invocation{told} after {patience:.0f} seconds. "
        "Was the function run? If it was, its lines may just be late: run this again. If it runs "
        "other code, which says nothing of this, run the notebook from the top."
    )


def _start(function: str, after: After, patience: float) -> int:
    """When that was, by Lambda's own clock: the reader's may go wrong."""
    if isinstance(after, int):
        return after
    for _ in looks(patience, first=0.02):
        found = _holding(function, f"{log_lines.START}: {after.request_id}")
        if found:
            return found[-1]["timestamp"]
    raise _not_there(function, after.request_id, patience)


def table(
    function: str, about: str = "", after: After = 0, patience: float | None = None
) -> "Table":
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


def said(
    function: str, about: str = "", after: After = 0, patience: float | None = None
) -> "Table":
    """What the function itself said in its last invocation: no lines of Lambda's, no times.

    >>> said("my-function", about="ann")
    """
    from helpers._inner.tables import Table

    lines = (event["message"] for event in latest(function, about, after, patience))
    return Table(log_lines.said(lines), columns=["Level", "Message"])


def count(
    function: str, text: str = log_lines.START, at_least: int = 0, patience: float = PATIENCE
) -> int:
    """How many lines of the function's log hold this text; by default, its invocations.

    Lines arrive late: where `at_least` so many are expected, they are waited for, but not for ever.

    >>> count("my-function")
    """
    found = 0
    with Progress(f"Log of {function}") as progress:
        for _ in looks(patience):
            found = len(lines(function, text))
            if found >= at_least:
                break
            progress.say(f"Log of {function}: waiting for its lines")
    return found


def lines(function: str, text: str = "") -> list[str]:
    """The lines of the function's log that hold this text, of all its invocations so far.

    >>> lines("my-function", "ERROR")
    """
    return [event["message"].rstrip() for event in _holding(function, text)]


def _holding(function: str, text: str) -> list[Event]:
    """The events that hold this text, of all streams."""
    pattern = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text else ""
    name = group(function)
    with unless("ResourceNotFoundException"), told_briefly():
        pages = _api().get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=name, filterPattern=pattern)
        return [
            {"timestamp": event["timestamp"], "message": event["message"]}
            for page in found
            for event in page["events"]
        ]
    return []  # the group comes with the first invocation


def _api() -> "CloudWatchLogsClient":
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


def _last_invocation(group: str, about: str) -> list[Event]:
    """The events of the invocation that started last, in any of the newest streams."""
    try:
        streams = _api().describe_log_streams(
            logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS
        )["logStreams"]
    except _api().exceptions.ResourceNotFoundException:
        return []  # the group comes with the first invocation
    found = [_last_of_stream(group, stream["logStreamName"], about) for stream in streams]
    return max(found, key=lambda events: events[0]["timestamp"] if events else 0, default=[])


def _last_of_stream(group: str, stream: str, about: str) -> list[Event]:
    """Read backwards, until such an invocation is there."""
    events: list[Event] = []
    place: dict[str, Any] = {}
    while True:
        page = _api().get_log_events(
            logGroupName=group, logStreamName=stream, startFromHead=False, **place
        )
        events = [*page["events"], *events]
        found = [
            run for run in log_lines.runs(events) if any(about in event["message"] for event in run)
        ]
        if found:
            return found[-1]
        if not page["events"] or page["nextBackwardToken"] == place.get("nextToken"):
            return []
        place = {"nextToken": page["nextBackwardToken"]}
