"""SQS queues that are not counted for each message that is received, with a URL of this place.

With each message, moto asks a queue for its retention period, and so counts all of its messages
nine times. A thousand messages go through a mapping in an eighth of the time without that.
A stack's reference to a queue is the URL that CreateQueue answers; moto's leads to AWS.
"""

from collections.abc import Callable
from typing import Any

from moto.sqs import models
from moto.sqs.models import Message, Queue, SQSBackend

from cognito_sandbox.patches import messages, queue_settings
from cognito_sandbox.store import needs

Attributes = dict[str, Any]
NEEDS = (
    "moto.sqs.models:Queue.pending_message_groups",
    "moto.sqs.models:Queue.physical_resource_id",
    "moto.sqs.models:SQSBackend.get_queue",
    "moto.sqs.models:SQSBackend.get_queue_attributes",
    "moto.sqs.models:SQSBackend.is_message_valid_based_on_retention_period",
    "moto.sqs.models:unix_time",
)
ALL = "All"


def install(endpoint: str) -> None:
    """Put this module's ways in the place of moto's."""
    needs.check(NEEDS)

    def url(queue: Queue) -> str:
        return f"{endpoint}/{queue.account_id}/{queue.name}"

    Queue.physical_resource_id = property(url)
    SQSBackend.is_message_valid_based_on_retention_period = _is_kept
    SQSBackend.get_queue_attributes = _counted_once(SQSBackend.get_queue_attributes)
    Queue.pending_message_groups = property(_groups_under_way)
    queue_settings.install()
    messages.install()


def _is_kept(backend: SQSBackend, name: str, message: Message) -> bool:
    period: int = vars(backend.get_queue(name))["message_retention_period"]
    return bool(period + message.sent_timestamp / 1000 > models.unix_time())


def _groups_under_way(queue: Queue) -> set[str]:
    """What shows again keeps nothing of its group back."""
    pending = [message for message in list(queue.pending_messages) if not message.visible]
    return {message.group_id for message in pending if message.group_id is not None}


def _counted_once(describe: Callable[..., Attributes]) -> Callable[..., Attributes]:
    def described(backend: SQSBackend, name: str, wanted: list[str]) -> Attributes:
        if not wanted or ALL in wanted:
            return describe(backend, name, wanted)
        found = describe(backend, name, [*wanted, ALL])
        return {key: found[key] for key in wanted if found.get(key) is not None}

    return described
