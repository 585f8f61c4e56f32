"""The requests that make and change APIs: API Gateway's own API. Version 1 is left to moto."""

import json
from wsgiref.types import WSGIEnvironment

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import api_calls, rest_settings
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.store import rest_json
from cognito_sandbox.store.rest_json import UnreadableError

SERVICE, OLDER, PREFIX = "apigatewayv2", "apigateway", "/v2/"
STATUS = {
    "BadRequestException": "400 Bad Request",
    "ConflictException": "409 Conflict",
    "NotFoundException": "404 Not Found",
}


def answer(environ: WSGIEnvironment, body: bytes, region: str) -> Answer | None:
    """The answer about an HTTP API, or why a REST API cannot be so; None if moto may go on."""
    if not environ["PATH_INFO"].startswith(PREFIX):
        return _unless_it_may(environ, body)
    try:
        asked = rest_json.read(SERVICE, environ, body)
        if asked is None:
            raise ApiError("API Gateway has no such operation.", "NotFoundException")
        status, content = rest_json.written(SERVICE, asked[0], api_calls.answer(*asked, region))
    except UnreadableError as error:
        return _refused(ApiError(str(error)))
    except ApiError as error:
        return _refused(error)
    return Answer(f"{status} OK", [("Content-Type", "application/json")], content)


def _unless_it_may(environ: WSGIEnvironment, body: bytes) -> Answer | None:
    try:
        asked = rest_json.read(OLDER, environ, body)
        if asked:
            rest_settings.check(*asked)
    except UnreadableError as error:
        return _refused(ApiError(str(error)))
    except ApiError as error:
        return _refused(error)
    return None


def _refused(error: ApiError) -> Answer:
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", error.kind)]
    return Answer(STATUS[error.kind], headers, json.dumps({"message": error.message}).encode())
