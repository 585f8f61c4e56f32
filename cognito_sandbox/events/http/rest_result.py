"""What a function answers to a REST API: of a known form, or it is none. (events contract 8.3)"""

import json
from fnmatch import fnmatchcase
from typing import Any

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import result
from cognito_sandbox.events.http.calling import REASON
from cognito_sandbox.events.http.request import Request
from cognito_sandbox.events.http.result import MalformedError

KNOWN = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}


def answer(payload: bytes, request: Request, binary_types: tuple[str, ...]) -> Answer:
    found = json.loads(payload)
    if not isinstance(found, dict) or found.keys() - KNOWN:
        raise MalformedError(f"it may have {', '.join(sorted(KNOWN))}, and nothing else")
    headers = result.headers(found)
    decodes = bool(found.get("isBase64Encoded")) and _is_binary(headers, request, binary_types)
    return Answer(
        result.status(found.get("statusCode", 200)),
        headers,
        result.body(found.get("body"), decodes),
    )


def _is_binary(headers: result.Headers, request: Request, types: tuple[str, ...]) -> bool:
    """Is the answer of a kind that the API takes for binary, as far as anybody says?"""
    said = [value for name, value in headers if name.lower() == "content-type"]
    return any(matches(kind, types) for kind in (*said, request.header("accept")))


def matches(kind: str, types: tuple[str, ...]) -> bool:
    plain = kind.partition(",")[0].partition(";")[0].strip().lower()
    return any(fnmatchcase(plain, each.lower()) for each in types)


def is_text(request: Request, types: tuple[str, ...]) -> bool:
    """Does a request's body go to the function as it is?"""
    return not matches(request.header("content-type"), types)


def told(status: str, message: str, kind: str, reason: str = "") -> Answer:
    """An answer of the gateway's own."""
    headers: list[tuple[str, Any]] = [("Content-Type", result.JSON), ("x-amzn-ErrorType", kind)]
    if reason:
        headers.append((REASON, result.one_line(reason)))
    content = json.dumps({"message": message}, separators=(",", ":")).encode()
    return Answer(status, headers, content)
