"""`cognito-sandbox logs`: what a function wrote."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cognito_sandbox.commands import running, words
from cognito_sandbox.commands.outcome import CommandError

NONE = "There are no functions in {}; --region NAME looks in another region."
PAUSE = 0.3
LONGEST_RUN = 900_000  # milliseconds; its lines come at its end, and bear the times of their own
Line = dict[str, Any]


def main(arguments: list[str]) -> None:
    parser = words.parser(
        "logs",
        "Show the log lines of a function, oldest first.",
        "MyFunction",
        "MyFunction --follow",
        "MyFunction --json | jq -r .message",
    )
    parser.add_argument("function", metavar="FUNCTION", help="its name or ARN")
    parser.add_argument("--follow", action="store_true", help="go on with new lines until Ctrl+C")
    words.add_endpoint(parser)
    words.add_region(parser)
    words.add_json(parser, "print an object with time, stream and message a line")
    options = parser.parse_args(arguments)
    sandbox = running.reach(options)
    group = _group(sandbox.client("lambda"), options.function)
    line = None
    for line in _lines(sandbox.client("logs"), group, options.follow):
        print(json.dumps(line) if options.json else _shown(line), flush=options.follow)
    if line is None:
        told = "has written nothing: it has not run, or its role may not write logs."
        print(f"{options.function} {told}", file=sys.stderr)


def _group(lambdas: Any, function: str) -> str:
    try:
        known = lambdas.get_function_configuration(FunctionName=function)
    except lambdas.exceptions.ClientError:
        region = lambdas.meta.region_name
        names = [each["FunctionName"] for each in lambdas.list_functions()["Functions"]]
        told = f"There are {', '.join(sorted(names))}." if names else NONE.format(region)
        raise CommandError(f"There is no function {function} in {region}. {told}") from None
    return str(known["LoggingConfig"]["LogGroup"])


def _lines(logs: Any, group: str, follow: bool) -> Iterator[Line]:
    """Those that are there; then, if wanted, those that come."""
    seen: set[str] = set()
    newest = 0
    while True:
        for event in _events(logs, group, max(newest - LONGEST_RUN, 0)):
            newest = event["timestamp"]
            if event["eventId"] not in seen:
                seen.add(event["eventId"])
                stamp, stream = event["timestamp"] / 1000, event["logStreamName"]
                yield {"time": stamp, "stream": stream, "message": event["message"].rstrip("\n")}
        if not follow:
            return
        time.sleep(PAUSE)


def _events(logs: Any, group: str, since: int) -> list[Any]:
    """The events of the group; a function that has not run yet has no group."""
    ask = logs.get_paginator("filter_log_events").paginate
    pages = ask(logGroupName=group, startTime=since)
    try:
        found = [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return sorted(found, key=lambda event: event["timestamp"])


def _shown(line: Line) -> str:
    stamp = datetime.fromtimestamp(line["time"]).strftime("%H:%M:%S.%f")[:-3]
    return f"{stamp}  {line['message']}"
