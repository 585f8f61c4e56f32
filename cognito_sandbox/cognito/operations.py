"""The operations of the Cognito API that the sandbox answers itself, and their errors."""

import json
import sys
import traceback
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from werkzeug.exceptions import HTTPException

from cognito_sandbox.cognito import not_here
from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.door.parameters import MisshapenError, violations
from cognito_sandbox.store import user_pools


class Request(dict[str, Any]):
    """The parameters of a call, and the region it was made to."""

    region: str

    def __missing__(self, name: str) -> NoReturn:
        raise CognitoError("InvalidParameterException", f"Missing required parameter {name}")


Answer = Mapping[str, object]
Parameters = Mapping[str, Any]  # of a call, or those that go on to a trigger
Operation = Callable[[Request], Answer | None]
_operations: dict[str, Operation] = {}


def operation(function: Operation) -> Operation:
    """Answer the call of the function's name: `sign_up` answers SignUp."""
    _operations[_api_name(function)] = function
    return function


def _api_name(function: Operation) -> str:
    name = "".join(part.capitalize() for part in function.__name__.split("_"))
    return name.replace("MfaPreference", "MFAPreference")  # SetUserPoolMfaConfig has small ones


def find(name: str) -> Operation | None:
    """The operation of this name, unless it is left to moto."""
    return _operations.get(name)


def answer(
    function: Operation, body: bytes, region: str
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and content of the response."""
    headers = [("x-amzn-RequestId", str(uuid.uuid4()))]
    try:
        request = Request(_parsed(function, body))
        request.region = region
        return "200 OK", headers, _content(function, function(request))
    except CognitoError as error:
        kind, message, status = error.kind, error.message, "400 Bad Request"
    except HTTPException as error:  # moto's own errors
        kind = vars(error).get("error_type", "InternalErrorException")
        message, status = str(vars(error).get("message", error)), "400 Bad Request"
    except Exception:
        traceback.print_exc(file=sys.stderr)
        kind, status = "InternalErrorException", "500 Internal Server Error"
        message = "The sandbox failed; its standard error says where."
    headers += [("x-amzn-ErrorType", f"{kind}:"), ("x-amzn-ErrorMessage", _header_safe(message))]
    told = {"__type": kind} | ({"message": message} if message else {})
    return status, headers, json.dumps(told).encode()


def _content(function: Operation, answer: Answer | None) -> bytes:
    """Of calls that AWS describes no answer of, not even an empty one comes."""
    if not user_pools.api().operation_model(_api_name(function)).output_shape:
        return b""
    return json.dumps(answer or {}, default=_timestamp).encode()


def _parsed(function: Operation, body: bytes) -> dict[str, object]:
    """The parameters, if they have the shape that AWS's own description of the API gives them."""
    try:
        parameters = json.loads(body)
    except (ValueError, RecursionError):
        raise CognitoError("SerializationException", "The request is not JSON.") from None
    check_shape(_api_name(function), parameters)
    return dict(parameters)


def check_shape(name: str, parameters: object) -> None:
    """Refuse parameters that are unknown, missing, of another type, or not here."""
    if not isinstance(parameters, dict):
        raise CognitoError("SerializationException", "The request is not a JSON object.")
    refusal = not_here.refusal(name, parameters)
    if refusal:
        raise CognitoError("InvalidParameterException", refusal)
    shape = user_pools.api().operation_model(name).input_shape
    try:
        problem = violations(shape, parameters)
    except MisshapenError as error:
        raise CognitoError("SerializationException", str(error)) from None
    if problem:
        raise CognitoError("InvalidParameterException", problem)


def _timestamp(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _header_safe(text: str) -> str:
    return " ".join(text.split()).encode("latin-1", "replace").decode("latin-1")[:1024]
