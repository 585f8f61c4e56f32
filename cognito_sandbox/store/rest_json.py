"""moto's reading and writing of JSON over REST, after AWS's own description of a service."""

from typing import Any
from wsgiref.types import WSGIEnvironment

from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request
from moto.core.routing import NotFound, get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

PROTOCOL = "rest-json"
Members = dict[str, Any]  # by the names of AWS's API, such as RouteKey


class UnreadableError(Exception):
    """The request has not the form that its operation has in AWS; the message says why."""


def read(service: str, environ: WSGIEnvironment, body: bytes) -> tuple[str, Members] | None:
    """The operation that is asked for and its parameters; None if AWS has no such operation."""
    request = Request(environ, populate_request=False)
    try:
        operation, in_path = get_service_router(service).match(request)
    except (NotFound, NotImplementedError):
        return None
    try:
        given: Members = PROTOCOL_PARSERS[PROTOCOL](operation).parse(
            {
                "body": body,
                "headers": request.headers,
                "method": request.method,
                "url_params": in_path,
                "url_path": request.path,
                "values": request.args,
            }
        )
    except (RequestParserError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableError(f"Invalid request input: {error}") from None
    except RecursionError:
        raise UnreadableError("Invalid request input: it is nested too deeply.") from None
    check(service, operation.name, given)
    return str(operation.name), given


def check(service: str, operation: str, given: Members) -> None:
    """Refuse parameters that are unknown, missing or of another type."""
    shape = get_service_model(service).operation_model(operation).input_shape
    problems = ParamValidator().validate(given, shape)
    if problems.has_errors():
        raise UnreadableError(problems.generate_report())


def written(service: str, operation: str, result: Members) -> tuple[int, bytes]:
    """Status and content of an answer."""
    model = get_service_model(service).operation_model(operation)
    serialized = get_serializer_class(service, PROTOCOL)(model).serialize(result)
    return int(serialized["status_code"]), str(serialized["body"]).encode()


def members(service: str, operation: str) -> frozenset[str]:
    """What an operation takes."""
    return frozenset(get_service_model(service).operation_model(operation).input_shape.members)
