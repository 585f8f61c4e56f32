"""Queues: batches of messages go to the function, and what it processed is deleted.

(events contract 2)
"""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import patterns
from cognito_sandbox.events.answers import failed_items
from cognito_sandbox.events.delivery import LARGEST_EVENT, deliver
from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.store.queues import Message, Queue

FRAME = '{"Records": []}'
AT_ONCE = 5  # batches under way, unless the mapping's ScalingConfig says how many


class QueuePoller(Poller):
    """Polls one queue for one mapping."""

    def __init__(self, mapping: Mapping, queue: Queue) -> None:
        super().__init__()
        self.mapping, self.queue = mapping, queue
        at_once = mapping.settings.get("ScalingConfig", {}).get("MaximumConcurrency") or AT_ONCE
        self._slots = threading.Semaphore(at_once)
        self._pool = ThreadPoolExecutor(at_once, f"queue-{mapping.id[:8]}")

    def start(self) -> None:
        self.queue.watch(self.wake)
        super().start()

    def stop(self) -> None:
        self.queue.unwatch(self.wake)
        super().stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def step(self) -> float | None:
        while not self.is_stopping:
            with self._slots:
                batch = self._collect()
            if not batch:
                return self.queue.next_change()
            for part in self._split(batch):
                self._slots.acquire()
                self._pool.submit(self._process, part)
        return None

    def _collect(self) -> list[Message]:
        """A batch: what is there, and what comes until it is full or its window ends."""
        size, window = (
            self.mapping.number("BatchSize"),
            self.mapping.number("MaximumBatchingWindowInSeconds"),
        )
        batch = self._receive(size)
        end = clock.waiting_now() + window
        while batch and len(batch) < size and clock.waiting_now() < end and not self.is_stopping:
            self._woken.clear()
            more = self._receive(size - len(batch))
            batch += more
            if not more:
                clock.wait(end - clock.waiting_now(), self._woken)
        return batch

    def _receive(self, count: int) -> list[Message]:
        """The next messages that pass the filters; the others are deleted."""
        while received := self.queue.receive(count):
            wanted = [message for message in received if self._passes(message)]
            self.queue.delete(message for message in received if message not in wanted)
            if wanted:
                return wanted
        return []

    def _passes(self, message: Message) -> bool:
        filters = self.mapping.filters
        return not filters or any(_matches(each, self._record(message)) for each in filters)

    def _split(self, batch: list[Message]) -> list[list[Message]]:
        """One call takes 6 MB at the most."""
        parts, room = [batch[:0]], LARGEST_EVENT
        for message in batch:
            length = len(json.dumps(self._record(message))) + len(", ")
            if length > room - len(FRAME):
                parts, room = [*parts, []], LARGEST_EVENT
            parts[-1].append(message)
            room -= length
        return parts

    def _process(self, batch: list[Message]) -> None:
        try:
            event = {"Records": [self._record(each) for each in batch]}
            delivery = deliver(self.mapping.function_arn, json.dumps(event).encode())
            if delivery.failed:
                return
            failed = (
                failed_items(delivery.payload, [message.id for message in batch])
                if self.mapping.reports_items
                else set()
            )
            self.queue.delete(message for message in batch if message.id not in failed)
        finally:
            self._slots.release()
            self.wake()

    def _record(self, message: Message) -> dict[str, Any]:
        record: dict[str, Any] = {
            "messageId": message.id,
            "receiptHandle": message.receipt,
            "body": message.body,
            "attributes": message.attributes,
            "messageAttributes": {k: _attribute(v) for k, v in message.own_attributes.items()},
            "md5OfMessageAttributes": message.attributes_md5,
            "md5OfBody": message.md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue.arn,
            "awsRegion": self.queue.arn.split(":")[3],
        }
        if not message.attributes_md5 and not self.mapping.number("MaximumBatchingWindowInSeconds"):
            del record["md5OfMessageAttributes"]
        return record


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    if "BinaryValue" in attribute:
        value = attribute["BinaryValue"]
        encoded = value if isinstance(value, str) else base64.b64encode(value).decode()
        shown["binaryValue"] = encoded
    else:
        shown["stringValue"] = attribute["StringValue"]
    return shown | {"dataType": attribute["DataType"]}


def _matches(pattern: patterns.Pattern, record: dict[str, Any]) -> bool:
    """A pattern for the body looks into it as JSON, or compares it as a text; never across."""
    wanted, body = pattern.get("body"), _looked_into(record["body"])
    if wanted is not None and isinstance(wanted, dict) is (body is None):
        return False
    return patterns.matches(pattern, record if body is None else record | {"body": body})


def _looked_into(text: str) -> dict[str, Any] | list[Any] | None:
    """What a text says in JSON; None if that has no parts."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict | list) else None
