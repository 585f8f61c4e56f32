"""moto's reading of REST requests: which operation a path and a method stand for."""

from typing import Any
from wsgiref.types import WSGIEnvironment

from botocore.exceptions import UnknownServiceError
from moto.core.request import Request
from moto.core.routing import NotFound, get_service_router


def match(service: str, environ: WSGIEnvironment) -> tuple[str, dict[str, Any]] | None:
    """The operation and what its path names, if AWS's description of the service has it."""
    try:
        operation, in_path = get_service_router(service).match(
            Request(environ, populate_request=False)
        )
    except (NotFound, NotImplementedError, UnknownServiceError):
        return None
    return str(operation.name), in_path
