"""Messages of queues: none is lost between those who send and read at once, nor on its way to the
dead letters, which tell where they come from. A FIFO queue's are numbered.

Of a FIFO queue's messages that show again, moto hands out the last one first. Messages wait by the
clock that may be hurried, and tell their times by the other.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs import models
from moto.sqs.models import Message, Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from cognito_sandbox import clock
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs, queues

NEEDS = (
    "moto.sqs.models:Message.mark_received",
    "moto.sqs.models:Message.mark_sent",
    "moto.sqs.models:Queue.add_message",
    "moto.sqs.models:Queue.delete_message",
    "moto.sqs.models:Queue.wait_for_messages",
    "moto.sqs.models:SQSBackend.change_message_visibility",
    "moto.sqs.models:SQSBackend.get_queue",
    "moto.sqs.models:SQSBackend.purge_queue",
    "moto.sqs.models:SQSBackend.receive_message",
    "moto.sqs.models:unix_time",
    "moto.sqs.responses:SQSResponse.receive_message",
)
ASKED = ("AttributeNames", "MessageSystemAttributeNames")
KEPT_BACK = 0.05  # seconds until somebody looks again at what its group keeps back
_numbers = itertools.count(10**19 + time.time_ns())  # twenty digits, as AWS's are


def install() -> None:
    """Put this module's ways in the place of moto's."""
    needs.check(NEEDS)
    Message.mark_sent = _stamping(Message.mark_sent, queues.SENT)
    Message.mark_received = _stamping(Message.mark_received, queues.FIRST_RECEIVED)
    Queue.add_message = _numbered(Queue.add_message)
    Queue.delete_message = _alone(Queue.delete_message)
    SQSBackend.change_message_visibility = _alone(SQSBackend.change_message_visibility)
    SQSBackend.purge_queue = _alone(SQSBackend.purge_queue)
    SQSBackend.receive_message = _in_order(SQSBackend.receive_message)
    SQSResponse.receive_message = _telling_more(SQSResponse.receive_message)


def _stamping(mark: Callable[..., None], name: str) -> Callable[..., None]:
    @failures.hands_on
    def mark_and_stamp(message: Message, *given: Any, **named: Any) -> None:
        mark(message, *given, **named)
        vars(message).setdefault(name, str(int(clock.now() * 1000)))

    return mark_and_stamp


def _alone(change: Callable[..., Any]) -> Callable[..., Any]:
    @failures.hands_on
    def change_alone(*given: Any, **named: Any) -> Any:
        with queues.taking:
            return change(*given, **named)

    return change_alone


def _numbered(add: Callable[..., None]) -> Callable[..., None]:
    @failures.hands_on
    def add_and_tell(queue: Queue, message: Message) -> None:
        with queues.taking:
            if message.approximate_receive_count:
                vars(message)[queues.SOURCE] = vars(message)["queue"]
            elif queue.fifo_queue:
                message.sequence_number = str(next(_numbers))
            vars(message)["queue"] = queue.queue_arn
            add(queue, message)
        queues.tell_watchers(queue)

    return add_and_tell


def _in_order(receive: Callable[..., list[Message]]) -> Callable[..., list[Message]]:
    @failures.hands_on
    def received(
        backend: SQSBackend, name: str, count: int, seconds: int, *more: object
    ) -> list[Message]:
        end = models.unix_time() + seconds
        while True:
            queue = backend.get_queue(name)
            with queues.taking:
                _look_again(backend, queue)
                found = receive(backend, name, count, 0, *more)
            if found or models.unix_time() >= end:
                return found
            if queue.messages:
                clock.wait(KEPT_BACK)
            else:
                queue.wait_for_messages(1)

    return received


def _look_again(backend: SQSBackend, queue: Queue) -> None:
    """At what shows again, and at the queue for dead letters, which may be another by now."""
    queue.pending_messages.difference_update([m for m in list(queue.pending_messages) if m.visible])
    if queue.redrive_policy:
        name = queue.redrive_policy["deadLetterTargetArn"].rpartition(":")[2]
        queue.dead_letter_queue = backend.queues.get(name)


def _telling_more(answer: Callable[..., ActionResult]) -> Callable[..., ActionResult]:
    @failures.hands_on
    def tell(response: SQSResponse) -> ActionResult:
        answered = answer(response)
        asked = {name for each in ASKED for name in response._get_param(each, [])}
        queue = response.sqs_backend.get_queue(response._get_queue_name())
        messages = answered.result.get("Messages", []) if asked else []
        ids = {shown["MessageId"] for shown in messages}
        known = {each.id: queues.told(each) for each in queue._messages if each.id in ids}
        for shown in messages:
            more = known.get(shown["MessageId"], {})
            wanted = {name: more[name] for name in more if asked & {"All", name}}
            if wanted:
                shown["Attributes"] = shown.get("Attributes", {}) | wanted
        return answered

    return tell
