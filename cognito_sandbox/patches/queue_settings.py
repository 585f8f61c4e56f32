"""A queue's attributes, held against AWS's description: moto takes any, or tells Python's words."""

import json
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

from cognito_sandbox.iam import resource_policies
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs, queues

NEEDS = (
    "moto.sqs.models:SQSBackend.create_queue",
    "moto.sqs.models:SQSBackend.set_queue_attributes",
    "moto.sqs.responses:SQSResponse.create_queue",
    "moto.sqs.responses:SQSResponse.send_message",
)
Attributes = dict[str, Any]
FIFO, LETTERS, POLICY = "FifoQueue", "RedrivePolicy", "Policy"
NUMBERS = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
WORDS = {
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("messageGroup", "queue"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    "SqsManagedSseEnabled": ("true", "false"),
}
NOT_HERE = "RedriveAllowPolicy"
KNOWN = {*NUMBERS, *WORDS, FIFO, LETTERS, POLICY, NOT_HERE, "KmsMasterKeyId"}
ONLY_FIFO = ("DeduplicationScope", "FifoThroughputLimit")
TARGET, COUNT = "deadLetterTargetArn", "maxReceiveCount"
MOST = 1_000  # receives
create_queue, set_attributes = SQSBackend.create_queue, SQSBackend.set_queue_attributes
answer_creation, send = SQSResponse.create_queue, SQSResponse.send_message


def install() -> None:
    """Put the sandbox's checks before what moto does."""
    needs.check(NEEDS)
    SQSBackend.create_queue, SQSBackend.set_queue_attributes = _create, _set
    SQSResponse.create_queue = _answer_creation
    SQSResponse.send_message = _send


def _answer_creation(response: SQSResponse) -> ActionResult:
    """A template may say that a queue is no FIFO queue, and CreateQueue may not."""
    given = response._get_param("Attributes", {})
    _check_names(given, is_fifo=str(given.get(FIFO)).lower() == "true")
    return answer_creation(response)


@failures.hands_on
def _send(response: SQSResponse) -> ActionResult:
    if not response._get_param("MessageBody"):
        raise MissingParameter("MessageBody")
    return send(response)


def _create(backend: SQSBackend, name: str, tags: Any = None, **given: Any) -> Queue:
    is_fifo = str(given.get(FIFO)).lower() == "true"
    if name.endswith(".fifo") and not is_fifo:
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length. "
            f"A name that ends in .fifo needs {FIFO}."
        )
    check_values(given, is_fifo)
    try:
        return create_queue(backend, name, tags, **given)
    except QueueAlreadyExists:
        other = next(each for each in given if _differs(backend, name, each, given[each]))
        raise QueueAlreadyExists(
            f"A queue already exists with the same name and a different value for attribute {other}"
        ) from None


def _differs(backend: SQSBackend, name: str, attribute: str, value: Any) -> bool:
    wanted = Queue(name, backend.region_name, backend.account_id, **{attribute: value})
    return bool(wanted.attributes.get(attribute) != backend.queues[name].attributes.get(attribute))


def _set(backend: SQSBackend, name: str, given: Attributes) -> Queue:
    """moto forgets the policy whenever something else is set."""
    queue = backend.get_queue(name)
    _check_names(given, queue.fifo_queue)
    if str(given.get(FIFO, "true")).lower() != "true":
        raise _bad(FIFO, "Modifying queue type is not supported.")
    check_values(given, queue.fifo_queue)
    return set_attributes(backend, name, {POLICY: queue.policy} | given)


def _check_names(given: Attributes, is_fifo: bool) -> None:
    for name in given:
        if name == NOT_HERE:
            raise NotImplementedError(f"The sandbox does not have a queue's {name}. Leave it out.")
        if name in ONLY_FIFO and not is_fifo:
            told = f"You can specify the {name} only when {FIFO} is set to true."
            raise SQSException("InvalidAttributeName", told)
        if name not in KNOWN or (name in (FIFO, "ContentBasedDeduplication") and not is_fifo):
            raise InvalidAttributeName(name)


def check_values(given: Attributes, is_fifo: bool) -> None:
    """Refuse values that no queue has."""
    for name, (least, most) in NUMBERS.items():
        if name in given and not _is_number(given[name], least, most):
            raise _bad(name, f"It must be a whole number from {least} to {most}.")
    for name, words in WORDS.items():
        if name in given and str(given[name]).lower() not in map(str.lower, words):
            raise _bad(name, f"It must be {' or '.join(words)}.")
    if given.get(POLICY) and not resource_policies.is_one(given[POLICY]):
        raise _bad(POLICY, resource_policies.NONE)
    if given.get(LETTERS):
        _check_letters(given[LETTERS], is_fifo)


def _check_letters(given: Any, is_fifo: bool) -> None:
    policy = _object(given)
    if policy is None:
        raise _bad_letters(given, "Redrive policy is not a valid JSON map.")
    for name in (COUNT, TARGET):
        if name not in policy:
            raise _bad_letters(
                given, f"Redrive policy does not contain mandatory attribute: {name}."
            )
    if not _is_number(policy[COUNT], 1, MOST):
        raise _bad_letters(
            given,
            f"Invalid value for {COUNT}: {policy[COUNT]}, valid values are from 1 to {MOST} both "
            "inclusive.",
        )
    letters = queues.find(str(policy[TARGET]))
    if letters is None:
        raise _bad_letters(given, "Dead letter target does not exist.")
    if letters.is_fifo != is_fifo:
        raise _bad_letters(given, "Dead-letter queue must be same type of queue as the source.")


def _bad_letters(given: Any, reason: str) -> InvalidParameterValue:
    text = given if isinstance(given, str) else json.dumps(given)
    return InvalidParameterValue(
        f"Value {text} for parameter {LETTERS} is invalid. Reason: {reason}"
    )


def _bad(name: str, reason: str) -> SQSException:
    told = f"Invalid value for the parameter {name}. Reason: {reason}"
    return SQSException("InvalidAttributeValue", told)


def _is_number(value: Any, least: int, most: int) -> bool:
    try:
        return least <= int(str(value)) <= most
    except ValueError:
        return False


def _object(given: Any) -> Attributes | None:
    """APIs bring JSON as text, and templates as what it is."""
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
