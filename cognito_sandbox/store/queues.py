"""SQS queues, as Lambda's pollers see them. (events contract 2)"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from moto.sqs import models

from cognito_sandbox import clock

TRACE = "AWSTraceHeader"
KEPT = SENT, FIRST_RECEIVED, SOURCE = (
    "SentTimestamp",
    "ApproximateFirstReceiveTimestamp",
    "DeadLetterQueueSourceArn",
)

_watchers: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
taking = threading.RLock()  # moto's queues can be read and changed by one at a time


class Message(NamedTuple):
    """A message that was received; `receipt` deletes it."""

    id: str
    receipt: str
    body: str
    md5: str
    attributes_md5: str | None
    attributes: dict[str, str]
    own_attributes: dict[str, dict[str, Any]]


class Queue:
    """One queue."""

    def __init__(self, queue: models.Queue) -> None:
        self._last = queue
        self._backend = models.sqs_backends[queue.account_id][queue.region]

    @property
    def _queue(self) -> models.Queue:
        """Another of the same name may have been made in its place."""
        self._last = self._backend.queues.get(self._last.name, self._last)
        return self._last

    @property
    def arn(self) -> str:
        return str(self._queue.queue_arn)

    @property
    def is_fifo(self) -> bool:
        return bool(self._queue.fifo_queue)

    @property
    def policy(self) -> str | None:
        """Its own policy, if it has one."""
        return self._queue.policy or None

    @property
    def visibility_timeout(self) -> int:
        return int(vars(self._queue)["visibility_timeout"])

    def receive(self, count: int) -> list[Message]:
        """Take so many messages at the most, without waiting."""
        with taking:
            taken = self._backend.receive_message(
                self._queue.name, count, 0, self.visibility_timeout, ["All"]
            )
            if self.is_fifo and taken:
                self._show_together({message.id for message in taken})
        return [_message(self._queue, message) for message in taken]

    def _show_together(self, ids: set[str]) -> None:
        """What was received together shows again together, in its order."""
        received = [message for message in self._queue._messages if message.id in ids]
        last = max(message.visible_at for message in received)
        for message in received:
            message.visible_at = last

    def delete(self, messages: Iterable[Message]) -> None:
        """Delete what was received, whoever holds it by now."""
        gone, queue = {message.id for message in messages}, self._queue
        with taking:
            kept = []
            for message in queue._messages:
                if message.id in gone:
                    queue.pending_messages.discard(message)
                    queue.deleted_messages.update(filter(None, message.all_receipt_handles))
                else:
                    kept.append(message)
            queue._messages = kept

    def send(self, body: str, group: str | None = None, **attributes: tuple[str, str]) -> None:
        """Send a message; each attribute is its type and its value."""
        typed = {
            name: {"DataType": kind, "StringValue": value}
            for name, (kind, value) in attributes.items()
        }
        self._backend.send_message(
            self._queue.name, body, typed, group_id=group, validate_group_id=False
        )

    def next_change(self) -> float | None:
        """When the next hidden message may show (`clock.waiting_now()`); None if there is none."""
        now = clock.waiting_now()
        with taking:
            times = [max(m.visible_at, m.delayed_until) / 1000 for m in self._queue._messages]
        return min((time + 0.001 for time in times if time + 0.001 > now), default=None)

    def watch(self, changed: Callable[[], None]) -> None:
        """Call this whenever a message comes."""
        _watchers[self.arn].add(changed)

    def unwatch(self, changed: Callable[[], None]) -> None:
        _watchers[self.arn].discard(changed)


def find(arn: str) -> Queue | None:
    """The queue of this ARN."""
    try:
        _, _, _, region, account, name = arn.split(":")
        return Queue(models.sqs_backends[account][region].queues[name])
    except (ValueError, KeyError):  # no ARN, no such region, no such queue
        return None


def tell_watchers(queue: models.Queue) -> None:
    """A message has come."""
    for changed in list(_watchers.get(queue.queue_arn, ())):
        changed()


def told(message: models.Message) -> dict[str, str]:
    """What the sandbox keeps of a message beside moto."""
    return {name: vars(message)[name] for name in KEPT if name in vars(message)}


def _message(queue: models.Queue, message: models.Message) -> Message:
    kept = told(message)
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        SENT: kept.pop(SENT),
        "SenderId": str(message.sender_id),
        FIRST_RECEIVED: kept.pop(FIRST_RECEIVED),
    } | kept
    if queue.fifo_queue:
        attributes |= {
            "SequenceNumber": str(message.sequence_number),
            "MessageGroupId": str(message.group_id),
            "MessageDeduplicationId": str(message.deduplication_id),
        }
    if trace := message.system_attributes.get(TRACE):
        attributes[TRACE] = trace["StringValue"]
    own = message.message_attributes
    return Message(
        message.id,
        str(message.receipt_handle),
        message.body,
        message.body_md5,
        message.attribute_md5 if own else None,
        attributes,
        own,
    )
