"""The values of a queue's attributes, held against AWS's description: moto tells Python's words."""

import json
from typing import Any

from moto.sqs.exceptions import InvalidParameterValue, SQSException

from cognito_sandbox.iam import resource_policies
from cognito_sandbox.store import queues

NEEDS = (
    "moto.sqs.exceptions:InvalidParameterValue",
    "moto.sqs.exceptions:SQSException",
)
Attributes = dict[str, Any]
LETTERS, POLICY = "RedrivePolicy", "Policy"
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
TARGET, COUNT = "deadLetterTargetArn", "maxReceiveCount"
MOST = 1_000  # receives


def check(given: Attributes, is_fifo: bool) -> None:
    """Refuse values that no queue has."""
    for name, (least, most) in NUMBERS.items():
        if name in given and not _is_number(given[name], least, most):
            raise bad(name, f"It must be a whole number from {least} to {most}.")
    for name, words in WORDS.items():
        if name in given and str(given[name]).lower() not in map(str.lower, words):
            raise bad(name, f"It must be {' or '.join(words)}.")
    if given.get(POLICY) and not resource_policies.is_one(given[POLICY]):
        raise bad(POLICY, resource_policies.NONE)
    if given.get(LETTERS):
        _check_letters(given[LETTERS], is_fifo)


def _check_letters(given: object, is_fifo: bool) -> None:
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


def _bad_letters(given: object, reason: str) -> InvalidParameterValue:
    text = given if isinstance(given, str) else json.dumps(given)
    return InvalidParameterValue(
        f"Value {text} for parameter {LETTERS} is invalid. Reason: {reason}"
    )


def bad(name: str, reason: str) -> SQSException:
    """In AWS's words, and why."""
    told = f"Invalid value for the parameter {name}. Reason: {reason}"
    return SQSException("InvalidAttributeValue", told)


def _is_number(value: object, least: int, most: int) -> bool:
    try:
        return least <= int(str(value)) <= most
    except ValueError:
        return False


def _object(given: object) -> Attributes | None:
    """APIs bring JSON as text, and templates as what it is."""
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
