"""The error that a service answers, in its own protocol, when a call is refused."""

import json
from typing import NamedTuple
from xml.sax.saxutils import escape

from cognito_sandbox.rights.requests import EC2, JSON, QUERY, REST_JSON, REST_XML

ACCESS_DENIED = "AccessDenied"
NOT_HERE = "NotImplementedException"
CODES = {"sns": "AuthorizationError", "ec2": "UnauthorizedOperation"}


class Refusal(NamedTuple):
    """An HTTP answer: its status, its headers and its content; and the code that clients see."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes
    code: str


def denied(service: str, protocol: str, message: str) -> Refusal:
    """Access denied, as this service says it."""
    if protocol == JSON and service != "sqs":
        return _json("400 Bad Request", "AccessDeniedException", message)
    if protocol in (JSON, REST_JSON):
        return _json("403 Forbidden", "AccessDeniedException", message, service)
    code = CODES.get(service, ACCESS_DENIED)
    if service == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
    return _xml("403 Forbidden", protocol, code, message)


def not_here(service: str, protocol: str, message: str) -> Refusal:
    """What the sandbox cannot judge, it refuses by name."""
    if protocol in (JSON, REST_JSON):
        return _json("400 Bad Request", NOT_HERE, message)
    return _xml("400 Bad Request", protocol, NOT_HERE, message)


def _json(status: str, code: str, message: str, service: str = "") -> Refusal:
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", code)]
    told = code
    if service == "sqs":  # it spoke another protocol once, and keeps that one's error codes
        told = ACCESS_DENIED
        headers.append(("x-amzn-query-error", f"{told};Sender"))
    content = json.dumps({"__type": f"com.amazon.coral.service#{code}", "Message": message})
    return Refusal(status, headers, content.encode(), told)


def _xml(status: str, protocol: str, code: str, message: str) -> Refusal:
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    forms = {
        REST_XML: f"<Error>{told}</Error>",
        EC2: f"<Response><Errors><Error>{told}</Error></Errors></Response>",
        QUERY: f"<ErrorResponse><Error><Type>Sender</Type>{told}</Error></ErrorResponse>",
    }
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{forms[protocol]}'
    return Refusal(status, [("Content-Type", "application/xml")], content.encode(), code)
