"""What became of an asynchronous invocation: told to its destination, or its event buried.

(events contract 6)
"""

import json
from collections.abc import Callable
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import outbox, role_rights
from cognito_sandbox.events.destinations import iso
from cognito_sandbox.events.invocations import Invocation
from cognito_sandbox.store import functions

Accept = Callable[[str, bytes], None]  # an event for a function, by its ARN


def tell(invocation: Invocation, condition: str, accept: Accept) -> None:
    """Tell the destination, if there is one; a function that is told is invoked."""
    outcome = "OnSuccess" if condition == "Success" else "OnFailure"
    arn = invocation.config.destination(outcome)
    if arn:
        _send(invocation.target, arn, _record(invocation, condition), accept)


def _record(invocation: Invocation, condition: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": iso(clock.now()),
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": f"{invocation.function_arn}:{invocation.qualifier}",
            "condition": condition,
            "approximateInvokeCount": invocation.attempts,
        },
        "requestPayload": json.loads(invocation.payload),
    }
    if invocation.last.ran:
        response = {"statusCode": 200, "executedVersion": invocation.last.version}
        if invocation.last.failed:
            response["functionError"] = "Unhandled"
        record |= {
            "responseContext": response,
            "responsePayload": json.loads(invocation.last.payload or b"null"),
        }
    return record


def _send(teller: str, arn: str, record: dict[str, Any], accept: Accept) -> None:
    service = arn.split(":")[2]
    if service == "s3":
        outbox.store(teller, arn, f"async/{teller.split(':')[6]}", record)
    elif service != "lambda":
        outbox.send(teller, arn, record)
    elif role_rights.may_tell(teller, arn):
        accept(arn, json.dumps(record).encode())


def bury(invocation: Invocation) -> None:
    """Hand the event to the function's dead-letter queue, as it was sent."""
    function = functions.find(invocation.target)
    arn = function.dead_letters if function else None
    if not arn:
        return
    failed = invocation.last
    outbox.send_text(
        invocation.target,
        arn,
        invocation.payload.decode(),
        RequestID=("String", invocation.request_id),
        ErrorCode=("Number", "200" if failed.ran else "429"),
        ErrorMessage=("String", failed.error_message[:1024] or "Throttled"),
    )
