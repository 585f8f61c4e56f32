"""Event source mappings: moto calls a function inside each sending, once a record; here they poll.

What is not registered with moto's queues and streams, moto does not call.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE
from moto.sqs import models as sqs

from cognito_sandbox import clock
from cognito_sandbox.events import mappings
from cognito_sandbox.events.mapping import MappingError
from cognito_sandbox.store import functions, needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend._get_resource_by_arn",
    "moto.awslambda.models:LambdaBackend.get_function",
    "moto.awslambda.responses:LambdaResponse.create_event_source_mapping",
    "moto.awslambda.responses:LambdaResponse.delete_event_source_mapping",
    "moto.awslambda.responses:LambdaResponse.get_event_source_mapping",
    "moto.awslambda.responses:LambdaResponse.list_event_source_mappings",
    "moto.awslambda.responses:LambdaResponse.update_event_source_mapping",
    "moto.sqs.models:Message.all_receipt_handles",
    "moto.sqs.models:SQSBackend.receive_message",
    "moto.sqs.models:unix_time",
    "moto.sqs.models:unix_time_millis",
)
STATUS = {"ResourceNotFoundException": 404, "ResourceConflictException": 409}
PAGE = 100
MAPPING = ":event-source-mapping:"
find_tagged = LambdaBackend._get_resource_by_arn


def install() -> None:
    """Put the sandbox's mappings in the place of moto's."""
    needs.check(NEEDS)
    for name in ("create", "get", "update", "delete"):
        setattr(LambdaResponse, f"{name}_event_source_mapping", globals()[f"_{name}"])
    LambdaResponse.list_event_source_mappings = _list
    LambdaBackend._get_resource_by_arn = _tagged
    sqs.unix_time_millis = lambda: clock.waiting_now() * 1000
    sqs.unix_time = clock.waiting_now


def _tagged(backend: LambdaBackend, arn: str) -> Any:
    """What has the tags of an ARN."""
    if MAPPING not in arn:
        return find_tagged(backend, arn)
    try:
        return mappings.get(arn.rpartition(":")[2])
    except MappingError as error:
        refusal = LambdaClientError(error.kind, f"Event source mapping not found: {arn}")
        refusal.code = STATUS[error.kind]
        raise refusal from None


def _answer(status: int, work: Callable[[], object]) -> TYPE_RESPONSE:
    try:
        return status, {"status": status}, json.dumps(work())
    except MappingError as error:
        refused = STATUS.get(error.kind, 400)
        told = {"Type": "User", "message": error.message, "Message": error.message}
        return refused, {"status": refused, "x-amzn-errortype": error.kind}, json.dumps(told)


def _id(response: LambdaResponse) -> str:
    return unquote(response.path.rstrip("/").split("/")[-1])


def _function_arn(response: LambdaResponse, name: str | None) -> str | None:
    return functions.named(response.backend, name or "")


def _create(response: LambdaResponse) -> TYPE_RESPONSE:
    given = response.json_body
    arn = _function_arn(response, given.get("FunctionName"))
    return _answer(202, lambda: mappings.create(arn, given).described())


def _get(response: LambdaResponse) -> TYPE_RESPONSE:
    return _answer(200, lambda: mappings.get(_id(response)).described())


def _update(response: LambdaResponse) -> TYPE_RESPONSE:
    given = response.json_body
    arn = _function_arn(response, given.get("FunctionName"))
    return _answer(202, lambda: mappings.update(_id(response), arn, given).described())


def _delete(response: LambdaResponse) -> TYPE_RESPONSE:
    return _answer(202, lambda: mappings.delete(_id(response)).described())


def _number(query: dict[str, str], name: str, usual: int) -> int:
    given = query.get(name) or str(usual)
    if not (given.isascii() and given.isdecimal()):
        raise LambdaClientError("InvalidParameterValueException", f"Invalid {name}: {given}")
    return int(given)


def _list(response: LambdaResponse) -> TYPE_RESPONSE:
    def page() -> dict[str, Any]:
        query = {name: values[0] for name, values in response.querystring.items()}
        arn = _function_arn(response, query["FunctionName"]) if "FunctionName" in query else None
        found = mappings.listed(query.get("EventSourceArn"), arn)
        if "FunctionName" in query and not arn:
            found = []
        start, size = _number(query, "Marker", 0), _number(query, "MaxItems", PAGE)
        end = start + min(size, PAGE)
        shown = {"EventSourceMappings": [each.described() for each in found[start:end]]}
        return shown | ({"NextMarker": str(end)} if end < len(found) else {})

    return _answer(200, page)
