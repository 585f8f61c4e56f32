"""Requests that are refused, in the words and the format of the service that was asked."""

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment
from xml.sax.saxutils import escape

from cognito_sandbox.door import limits

OUR_KEYS = "A sandbox takes the key that it was started with, and those that it gave away itself."


class Style(Enum):
    """How a service writes its errors."""

    JSON, QUERY, S3 = auto(), auto(), auto()


class Answer(NamedTuple):
    """A whole response."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes


@dataclass
class RefusedError(Exception):
    """Status, AWS's name for the error, and what happened in words."""

    status: str
    code: str
    message: str


def style(service: str, environ: WSGIEnvironment) -> Style:
    kind = environ.get("CONTENT_TYPE", "")
    if service == "s3" or not (service or kind):  # S3 is what is asked without any of the two
        return Style.S3
    return Style.QUERY if "form" in kind else Style.JSON


def answer(refused: RefusedError, how: Style) -> Answer:
    """The error as its service would write it."""
    if how is Style.JSON:
        content = json.dumps({"__type": refused.code, "message": refused.message})
        headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", refused.code)]
        return Answer(refused.status, headers, content.encode())
    content = f"<Code>{refused.code}</Code><Message>{_xml(refused.message)}</Message>"
    content = f"<Error>{content}</Error>"
    if how is Style.QUERY:
        content = f"<ErrorResponse>{content}</ErrorResponse>"
    return Answer(refused.status, [("Content-Type", "text/xml")], content.encode())


def _xml(text: str) -> str:
    """XML has no way to write most control characters."""
    return escape("".join(each if each.isprintable() else " " for each in text))


def stranger(message: str) -> RefusedError:
    return RefusedError("403 Forbidden", "AccessDeniedException", message)


def not_here(service: str, operation: str) -> RefusedError:
    text = f"The sandbox does not have {service}:{operation}."
    return RefusedError("400 Bad Request", "NotImplementedException", text)


def half_loaded(reason: str) -> RefusedError:
    text = (
        f"The sandbox could not load CloudFormation: {reason}. Stop it, mend that, start it anew."
    )
    return RefusedError("503 Service Unavailable", "ServiceUnavailable", text)


def malformed_signature(message: str, how: Style) -> RefusedError:
    codes = {Style.S3: "AuthorizationHeaderMalformed", Style.QUERY: "IncompleteSignature"}
    return RefusedError("400 Bad Request", codes.get(how, "IncompleteSignatureException"), message)


def unknown_key(how: Style) -> RefusedError:
    codes = {Style.S3: "InvalidAccessKeyId", Style.QUERY: "InvalidClientTokenId"}
    code = codes.get(how, "UnrecognizedClientException")
    text = "The security token included in the request is invalid."
    return RefusedError("403 Forbidden", code, f"{text} {OUR_KEYS}")


def no_key(how: Style) -> RefusedError:
    codes = {Style.S3: "AccessDenied", Style.QUERY: "MissingAuthenticationToken"}
    code = codes.get(how, "MissingAuthenticationTokenException")
    return RefusedError("403 Forbidden", code, f"Missing Authentication Token. {OUR_KEYS}")


def too_large(service: str, environ: WSGIEnvironment) -> RefusedError:
    limit = limits.of(service, environ)
    if service == "s3":
        text = f"Your proposed upload exceeds the maximum allowed size: {limit} bytes here."
        return RefusedError("400 Bad Request", "EntityTooLarge", text)
    text = f"Request must be smaller than {limit} bytes"
    if limits.is_invocation(service, environ):
        text += " for the InvokeFunction operation"
    return RefusedError("413 Content Too Large", "RequestEntityTooLargeException", text)


def broken(message: str) -> RefusedError:
    return RefusedError("400 Bad Request", "BadRequest", message)


def no_json() -> RefusedError:
    text = "The request is not JSON, is nested too deeply, or has half a character."
    return RefusedError("400 Bad Request", "SerializationException", text)
