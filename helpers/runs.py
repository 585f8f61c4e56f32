"""The runs of a function within a span of time, read from its log."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers import cloud, logs
from helpers._inner import log_lines
from helpers._inner.log_lines import Event
from helpers.errors import told_briefly, unless

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

__all__ = ["Run", "between"]


@dataclass(frozen=True)
class Run:
    """One run of a function, as its log tells it. `started` is in seconds since 1970."""

    function: str
    request_id: str
    started: float
    milliseconds: float
    cold: bool
    failed: bool
    said: tuple[str, ...]


def between(function: str, first: float, last: float) -> list[Run]:
    """The finished runs that started in this span of seconds since 1970, oldest first.

    >>> between("my-function", time.time() - 60, time.time())
    """
    events = _events(logs.group(function), int(first * 1000) - 10_000, int(last * 1000) + 60_000)
    streams: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        streams[event["logStreamName"]].append(event)
    found = (_run(function, lines) for each in streams.values() for lines in log_lines.runs(each))
    return sorted(
        (run for run in found if run and first <= run.started <= last), key=lambda run: run.started
    )


def _events(group: str, first: int, last: int) -> list["FilteredLogEventTypeDef"]:
    """The log events of a span; a cold start's INIT_START may be a while before its START."""
    with unless("ResourceNotFoundException"), told_briefly():
        pages = cloud.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=group, startTime=first, endTime=last)
        return [event for page in found for event in page["events"]]
    return []  # the group comes with the first run


def _run(function: str, lines: list[Event]) -> Run | None:
    """What these lines say, if the run has ended."""
    texts = [line["message"] for line in lines]
    took = log_lines.milliseconds(texts)
    if took is None:
        return None
    started, request_id = log_lines.started(lines)
    said = tuple(text.partition("\n")[0] for _, text in log_lines.said(texts))
    failed = log_lines.failed(texts)
    cold = log_lines.is_cold(texts)
    return Run(function, request_id, started / 1000, took, cold, failed, said)
