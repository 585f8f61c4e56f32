"""Records of streams as functions and filters see them. (events contract 1.4, 3.1)"""

import base64
import json
from typing import Any

from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.store import functions
from cognito_sandbox.store.streams import Record, Shard

IN_ORDER = (  # as AWS writes a change
    *("eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb"),
    *("eventSourceARN", "userIdentity"),
)


def event_record(mapping: Mapping, shard: Shard, record: Record) -> dict[str, Any]:
    """A record in a function's event."""
    region = mapping.source_arn.split(":")[3]
    if mapping.service == "dynamodb":
        told = record.content | {
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": region,
            "dynamodb": dict(sorted(record.content["dynamodb"].items())),
            "eventSourceARN": mapping.source_arn,
        }
        return {name: told[name] for name in IN_ORDER if name in told}
    function = functions.find(mapping.function_arn)
    return {
        "kinesis": record.content,
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard.id}:{record.content['sequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": function.role if function else "",
        "awsRegion": region,
        "eventSourceARN": mapping.source_arn,
    }


def for_filters(record: dict[str, Any]) -> dict[str, Any] | None:
    """A record as filters see it: a Kinesis record's data decoded; None if that is no JSON."""
    if "kinesis" not in record:
        return record
    try:
        data = json.loads(base64.b64decode(record["kinesis"]["data"]))
    except ValueError:
        return None
    return record | {"data": data}
