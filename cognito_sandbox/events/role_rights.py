"""What a function's role must allow, so that Lambda reads and tells in its name.

(events contract 1.1, 1.3, 6)
"""

import sys
from collections.abc import Iterable

from cognito_sandbox.iam.needs import Need
from cognito_sandbox.rights import allowed
from cognito_sandbox.store import functions, identities

READING = {
    "dynamodb": ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    "kinesis": ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
}
TELLING = {
    "events": "PutEvents",
    "lambda": "InvokeFunction",
    "s3": "PutObject",
    "sns": "Publish",
    "sqs": "SendMessage",
}


def lacking_to_read(function_arn: str, source_arn: str) -> str | None:
    """The first action that the role lacks to have the function fed from a source."""
    service = source_arn.split(":")[2]
    return _lacking(function_arn, service, READING[service], source_arn)


def lacking_to_tell(role: str, function_arn: str, resource: str) -> str | None:
    """The action that the role lacks to have Lambda send something there."""
    service = resource.split(":")[2]
    return _lacking_of(role, function_arn, service, [TELLING[service]], resource)


def may_tell(function_arn: str, resource: str) -> bool:
    """May Lambda send something there? In AWS only a metric tells that it may not."""
    service = resource.split(":")[2]
    lacking = _lacking(function_arn, service, [TELLING[service]], resource)
    if lacking:
        told = f"the role of {function_arn} lacks {service}:{lacking} on {resource}"
        print(f"Nothing is sent there: {told}.", file=sys.stderr)
    return lacking is None


def _lacking(function_arn: str, service: str, actions: Iterable[str], resource: str) -> str | None:
    function = functions.find(function_arn)
    if not function:
        return next(iter(actions))
    return _lacking_of(function.role, function.function_arn, service, actions, resource)


def _lacking_of(
    role: str, function_arn: str, service: str, actions: Iterable[str], resource: str
) -> str | None:
    who, region = identities.of_function(role, function_arn), function_arn.split(":")[3]
    for action in actions:
        if not allowed.may_do(who, Need(f"{service}:{action}", (resource,)), region):
            return action
    return None
