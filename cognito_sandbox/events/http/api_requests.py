"""The requests that make and change HTTP APIs: API Gateway's own API, version 2."""

import json
from typing import Any

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import api_calls
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.store import rest_json
from cognito_sandbox.store.rest_json import UnreadableError

SERVICE, PREFIX = "apigatewayv2", "/v2/"
STATUS = {
    "BadRequestException": "400 Bad Request",
    "ConflictException": "409 Conflict",
    "NotFoundException": "404 Not Found",
}


def is_one(service: str, path: str) -> bool:
    return service == "apigateway" and path.startswith(PREFIX)


def answer(environ: dict[str, Any], body: bytes, region: str) -> Answer:
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


def _refused(error: ApiError) -> Answer:
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", error.kind)]
    return Answer(STATUS[error.kind], headers, json.dumps({"message": error.message}).encode())
