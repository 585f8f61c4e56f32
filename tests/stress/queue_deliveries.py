"""Messages of eight senders through a function that fails a tenth of the time: none is lost.

Each is processed once, or lies in the dead-letter queue.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from event_sources import Line
from harness import Aws, Function, eventually

from cognito_sandbox import Sandbox

FAILING = """
import random
def handler(event, context):
    if random.random() < 0.1:
        raise RuntimeError("one in ten")
    for record in event["Records"]:
        print("processed", record["body"])
"""
SENDERS, BATCH = 8, 10
SPEED, HIDDEN = 20, 60  # what failed shows again after three seconds
PATIENCE = 300  # seconds
LEFT = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def send(line: Line, numbers: Iterable[int]) -> None:
    waiting = [{"Id": str(number), "MessageBody": str(number)} for number in numbers]
    for start in range(0, len(waiting), BATCH):
        line.sqs.send_message_batch(QueueUrl=line.url, Entries=waiting[start : start + BATCH])


def processed(function: Function) -> Counter[str]:
    """How often each message was processed, by what the function printed."""
    pages = function.aws.logs.get_paginator("filter_log_events").paginate(
        logGroupName=function.group
    )
    lines = [event["message"] for page in pages for event in page["events"]]
    return Counter(line.split()[1] for line in lines if line.startswith("processed "))


def dead_letters(line: Line) -> set[str]:
    found: set[str] = set()
    while letters := line.sqs.receive_message(QueueUrl=line.url, MaxNumberOfMessages=BATCH).get(
        "Messages"
    ):
        found.update(letter["Body"] for letter in letters)
    return found


def run(aws: Aws, count: int) -> tuple[Counter[str], set[str]]:
    """Send so many, and wait until none is left; what was processed, and what was given up."""
    dead = Line(aws, "dead", VisibilityTimeout="3600")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    line = Line(aws, "messages", VisibilityTimeout=str(HIDDEN), RedrivePolicy=redrive)
    function = aws.function(FAILING)
    line.feed(function, BatchSize=BATCH)
    with ThreadPoolExecutor(SENDERS) as senders:
        shares = [range(start, count, SENDERS) for start in range(SENDERS)]
        list(senders.map(lambda share: send(line, share), shares))
    assert eventually(lambda: all(line.attribute(name) == "0" for name in LEFT), PATIENCE)
    return processed(function), dead_letters(dead)


def deliver(count: int) -> str:
    """What came of so many messages, once it is checked."""
    with Sandbox(speed=SPEED) as sandbox:
        start = time.monotonic()
        done, lost = run(Aws(sandbox.endpoint, sandbox.access_key), count)
        told = f"queue: {count} messages, {len(done)} processed, {len(lost)} dead letters"
        assert not lost & done.keys(), f"{told}: processed and given up"
        assert done.keys() | lost == set(map(str, range(count))), f"{told}: some are lost"
        assert max(done.values()) == 1, f"{told}: some twice"
        return f"{told}, each once, {time.monotonic() - start:.1f} s"
