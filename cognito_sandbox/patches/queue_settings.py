"""Which attributes a queue has and may be given: moto takes any."""

from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.exceptions import (
    InvalidAttributeName,
    InvalidParameterValue,
    MissingParameter,
    QueueAlreadyExists,
    SQSException,
)
from moto.sqs.models import Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from cognito_sandbox.patches import failures, queue_values
from cognito_sandbox.patches.queue_values import LETTERS, NUMBERS, POLICY, WORDS, Attributes
from cognito_sandbox.store import needs

NEEDS = (
    "moto.sqs.models:SQSBackend.create_queue",
    "moto.sqs.models:SQSBackend.set_queue_attributes",
    "moto.sqs.responses:SQSResponse.create_queue",
    "moto.sqs.responses:SQSResponse.send_message",
    "moto.sqs.responses:SQSResponse.send_message_batch",
)
FIFO = "FifoQueue"
NOT_HERE = "RedriveAllowPolicy"
KNOWN = {*NUMBERS, *WORDS, FIFO, LETTERS, POLICY, NOT_HERE, "KmsMasterKeyId"}
ONLY_FIFO = ("DeduplicationScope", "FifoThroughputLimit")
create_queue, set_attributes = SQSBackend.create_queue, SQSBackend.set_queue_attributes
answer_creation, send = SQSResponse.create_queue, SQSResponse.send_message
send_several = SQSResponse.send_message_batch


def install() -> None:
    """Put the sandbox's checks before what moto does."""
    needs.check((*NEEDS, *queue_values.NEEDS))
    SQSBackend.create_queue, SQSBackend.set_queue_attributes = _create, _set
    SQSResponse.create_queue = _answer_creation
    SQSResponse.send_message, SQSResponse.send_message_batch = _send, _send_several


@failures.hands_on
def _answer_creation(response: SQSResponse) -> ActionResult:
    """A template may say that a queue is no FIFO queue, and CreateQueue may not."""
    if not response._get_param("QueueName"):
        raise MissingParameter("QueueName")
    given = response._get_param("Attributes", {})
    _check_names(given, _is_true(given, FIFO))
    return answer_creation(response)


@failures.hands_on
def _send(response: SQSResponse) -> ActionResult:
    if not response._get_param("MessageBody"):
        raise MissingParameter("MessageBody")
    return send(response)


@failures.hands_on
def _send_several(response: SQSResponse) -> ActionResult:
    for number, entry in enumerate(response._get_param("Entries", []), 1):
        for name in ("Id", "MessageBody"):
            if not entry.get(name):
                raise MissingParameter(f"SendMessageBatchRequestEntry.{number}.{name}")
    return send_several(response)


@failures.hands_on
def _create(backend: SQSBackend, name: Any, tags: Any = None, **given: object) -> Queue:
    is_fifo = _is_true(given, FIFO)
    if isinstance(name, str) and name.endswith(".fifo") and not is_fifo:
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length. "
            f"A name that ends in .fifo needs {FIFO}."
        )
    queue_values.check(given, is_fifo)
    try:
        return create_queue(backend, name, tags, **given)
    except QueueAlreadyExists:
        other = next(each for each in given if _differs(backend, name, each, given[each]))
        raise QueueAlreadyExists(
            f"A queue already exists with the same name and a different value for attribute {other}"
        ) from None


def _differs(backend: SQSBackend, name: str, attribute: str, value: object) -> bool:
    wanted = Queue(name, backend.region_name, backend.account_id, **{attribute: value})
    return bool(wanted.attributes.get(attribute) != backend.queues[name].attributes.get(attribute))


@failures.hands_on
def _set(backend: SQSBackend, name: str, given: Attributes) -> Queue:
    """moto forgets the policy whenever something else is set."""
    queue = backend.get_queue(name)
    stays_fifo = _is_true(given, FIFO)
    _check_names(given, queue.fifo_queue)
    if FIFO in given and not stays_fifo:
        raise queue_values.bad(FIFO, "Modifying queue type is not supported.")
    queue_values.check(given, queue.fifo_queue)
    return set_attributes(backend, name, {POLICY: queue.policy} | given)


def _is_true(given: Attributes, name: str) -> bool:
    if not isinstance(given, dict):
        raise SQSException("InvalidAttributeValue", "Attributes are names with their values.")
    return str(given.get(name)).lower() == "true"


def _check_names(given: Attributes, is_fifo: bool) -> None:
    for name in given:
        if name == NOT_HERE:
            raise NotImplementedError(f"The sandbox does not have a queue's {name}. Leave it out.")
        if name in ONLY_FIFO and not is_fifo:
            told = f"You can specify the {name} only when {FIFO} is set to true."
            raise SQSException("InvalidAttributeName", told)
        if name not in KNOWN or (name in (FIFO, "ContentBasedDeduplication") and not is_fifo):
            raise InvalidAttributeName(name)
