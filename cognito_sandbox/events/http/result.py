"""What a function answers to an HTTP request: its status, headers, cookies and body.

(events contract 8.1, 8.3, 8.4)
"""

import base64
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from cognito_sandbox.door.refusals import Answer

JSON, TEXT = "application/json", "text/plain; charset=UTF-8"
NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
FINAL = re.compile(r"[2-5][0-9]{2}")
OF_THE_CONNECTION = {"connection", "content-length", "keep-alive", "transfer-encoding"}
Headers = list[tuple[str, str]]


class MalformedError(Exception):
    """The function's answer has not the form that it must have; the message says what is wrong."""


def of_payload_2(payload: bytes, usual: str = TEXT) -> Answer:
    """Payload 2.0: an answer with statusCode, or anything else, which is the body itself."""
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else _compact(result)
        return Answer("200 OK", [("Content-Type", JSON)], text.encode())
    said = _with(list(_single(result.get("headers"))), [("Content-Type", usual)])
    said += _cookies(result.get("cookies"))
    return _answer(result, said, bool(result.get("isBase64Encoded")))


def of_payload_1(payload: bytes) -> Answer:
    """Payload 1.0 of an HTTP API: the whole form."""
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        raise MalformedError("payload 1.0 needs an object with statusCode")
    return _answer(result, headers(result, TEXT), bool(result.get("isBase64Encoded")))


def headers(result: dict[str, Any], usual: str = JSON) -> Headers:
    """Those with one value and those with several, and the usual kind where none is said."""
    said = [*_single(result.get("headers")), *_multiple(result.get("multiValueHeaders"))]
    return _with(said, [("Content-Type", usual)])


def _answer(result: dict[str, Any], headers: Headers, decodes: bool) -> Answer:
    return Answer(status(result["statusCode"]), headers, body(result.get("body"), decodes))


def status(code: object) -> str:
    """Such as 200 OK, of a number or of its digits."""
    text = str(code)
    if isinstance(code, bool) or not FINAL.fullmatch(text):
        raise MalformedError(f"statusCode {code!r} is no number from 200 to 599")
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"{text} {known.get(int(text), 'Unknown')}"


def body(text: object, decodes: bool) -> bytes:
    if text is None:
        return b""
    if not isinstance(text, str):
        raise MalformedError("the body is no text")
    try:
        return base64.b64decode(text, validate=True) if decodes else text.encode()
    except ValueError:
        raise MalformedError("the body is not base64") from None


def _single(headers: object) -> Iterator[tuple[str, str]]:
    """Headers with one value each, which may be a number or true."""
    if not isinstance(headers, dict | None):
        raise MalformedError("headers is no object")
    for name, value in (headers or {}).items():
        yield name, one_line(value)


def _multiple(headers: object) -> Iterator[tuple[str, str]]:
    """Headers with a list of values each."""
    if not isinstance(headers, dict | None):
        raise MalformedError("multiValueHeaders is no object")
    for name, values in (headers or {}).items():
        if not isinstance(values, list):
            raise MalformedError(f"multiValueHeaders.{name} is no list")
        yield from ((name, one_line(value)) for value in values)


def _cookies(cookies: object) -> Headers:
    if not isinstance(cookies, list | None):
        raise MalformedError("cookies is no list")
    return [("Set-Cookie", one_line(each)) for each in cookies or []]


def one_line(value: object) -> str:
    """A header's value; line ends would make another header."""
    text = value if isinstance(value, str) else _compact(value)
    return " ".join(text.split()).encode("latin-1", "replace").decode("latin-1")


def _with(headers: Headers, usual: Headers) -> Headers:
    """What is not said has its usual value."""
    said = {name.lower() for name, _ in headers}
    if not all(map(NAME.fullmatch, said)):
        raise MalformedError("a header has a name that HTTP does not allow")
    kept = [pair for pair in headers if pair[0].lower() not in OF_THE_CONNECTION]
    return kept + [pair for pair in usual if pair[0].lower() not in said]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
