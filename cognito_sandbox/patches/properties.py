"""The properties of a resource: how a template writes them, and how AWS's API takes them."""

import json
import re
from collections.abc import Callable, Collection
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.core.utils import get_service_model

from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.store import rest_json

NEEDS = ("moto.core.utils:get_service_model",)
Properties = dict[str, Any]  # of a resource in a template
GATEWAYS = ("apigateway", "apigatewayv2")  # which take one thing for a list of it
NUMBER = re.compile(r"-?\d+")


def typed(service: str, operation: str, given: Properties) -> Properties:
    """Templates bring booleans and numbers as text; the operation's description knows better."""
    shape = get_service_model(service).operation_model(operation).input_shape
    return dict(_typed(shape, given, service in GATEWAYS))


def _typed(shape: Shape, value: object, wraps: bool) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        known = shape.members
        return {k: _typed(known[k], v, wraps) if k in known else v for k, v in value.items()}
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _typed(shape.value, each, wraps) for key, each in value.items()}
    if isinstance(shape, ListShape) and (wraps or isinstance(value, list)):
        listed = value if isinstance(value, list) else [value]
        return [_typed(shape.member, each, wraps) for each in listed]
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: object) -> object:
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind in ("integer", "long") and isinstance(value, str) and NUMBER.fullmatch(value):
        return int(value)
    if kind == "string" and isinstance(value, int | float):
        return json.dumps(value)
    return value


def checked(service: str, operation: str, properties: Properties) -> Properties:
    """As an operation of API Gateway takes them."""
    try:
        given = typed(service, operation, properties)
        rest_json.check(service, operation, given)
    except rest_json.UnreadableError as error:
        raise ApiError(str(error)) from None
    return given


def refuse_unknown(
    kind: str,
    properties: Properties,
    known: Collection[str],
    refusal: Callable[[str], Exception] = invalid,
) -> None:
    """What is not known would have no effect."""
    unknown = properties.keys() - set(known)
    if unknown:
        raise refusal(f"The sandbox does not have {kind}.{min(unknown)}.")


def tags(listed: list[dict[str, str]]) -> dict[str, str]:
    """As APIs take them: by their names."""
    return {tag["Key"]: tag.get("Value", "") for tag in listed}
