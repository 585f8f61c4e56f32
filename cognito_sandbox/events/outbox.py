"""What Lambda sends in the name of a function's role, where the role allows it.

(events contract 3.4, 6)
"""

import json
import uuid
from datetime import datetime
from typing import Any

from cognito_sandbox.events import losses, role_rights
from cognito_sandbox.store import places

DETAIL_TYPE = "Lambda Function Invocation Result"


def send(function_arn: str, arn: str, record: dict[str, Any]) -> None:
    """Tell what became of an event: to a queue, a topic or an event bus."""
    if arn.split(":")[2] != "events":
        send_text(function_arn, arn, json.dumps(record))
    elif role_rights.may_tell(function_arn, arn):
        with losses.survived(function_arn):
            places.put_event(arn, _entry(arn, record))


def send_text(function_arn: str, arn: str, text: str, **attributes: tuple[str, str]) -> None:
    """Send a text to a queue or a topic; each attribute is its type and its value."""
    if role_rights.may_tell(function_arn, arn):
        with losses.survived(function_arn):
            places.send(arn, text, attributes=attributes)


def _entry(bus_arn: str, record: dict[str, Any]) -> dict[str, Any]:
    context = record["requestContext"]
    outcome = "Success" if context["condition"] == "Success" else "Failure"
    return {
        "Source": "lambda",
        "DetailType": f"{DETAIL_TYPE} - {outcome}",
        "Resources": [bus_arn, context["functionArn"]],
        "Detail": json.dumps(record),
    }


def store(function_arn: str, bucket_arn: str, folder: str, record: dict[str, Any]) -> None:
    """Keep what became of an event in a bucket, in a folder of its kind."""
    time = datetime.fromisoformat(record["timestamp"])
    key = f"aws/lambda/{folder}/{time:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    if role_rights.may_tell(function_arn, f"{bucket_arn}/{key}"):
        with losses.survived(function_arn):
            places.put_object(bucket_arn, key, json.dumps(record))
