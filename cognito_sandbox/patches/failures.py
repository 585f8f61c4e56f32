"""What moto raises instead of answering, in AWS's words; a failure of the sandbox stays one."""

import traceback
from types import TracebackType
from xml.parsers.expat import ExpatError

from cognito_sandbox.door.refusals import RefusedError, Style

BAD_REQUEST = "400 Bad Request"
OURS, MOTO = "cognito_sandbox", "moto"
NO_SENSE = "1 validation error detected: The request cannot be made sense of here:"
UNREADABLE = (ExpatError, SyntaxError, RecursionError)  # ElementTree's error is a SyntaxError
INVALID = {"lambda": "InvalidParameterValueException", "cognito-idp": "InvalidParameterException"}


def explain(error: Exception, service: str, how: Style) -> RefusedError:
    """A request that moto cannot make sense of is, as in AWS, the client's mistake."""
    if isinstance(error, UnicodeDecodeError) and service == "lambda":
        text = "The request is not UTF-8 text."
        return RefusedError(BAD_REQUEST, "InvalidRequestContentException", text)
    if isinstance(error, NotImplementedError):
        return RefusedError(BAD_REQUEST, "NotImplementedException", str(error))
    if isinstance(error, UNREADABLE):
        return _unreadable(how)
    traceback.print_exception(error)
    if _is_of_moto(error.__traceback__):
        return RefusedError(BAD_REQUEST, _invalid(service, how), f"{NO_SENSE} {error!r}")
    text = f"The sandbox failed: {error!r}"
    return RefusedError("500 Internal Server Error", "InternalFailure", text)


def _unreadable(how: Style) -> RefusedError:
    if how is Style.S3:
        text = "The XML you provided was not well-formed or did not validate against our "
        return RefusedError(BAD_REQUEST, "MalformedXML", f"{text}published schema")
    code = "ValidationError" if how is Style.QUERY else "SerializationException"
    return RefusedError(BAD_REQUEST, code, "The request is not well-formed, or nested too deeply.")


def _invalid(service: str, how: Style) -> str:
    codes = {Style.S3: "InvalidRequest", Style.QUERY: "ValidationError"}
    return codes.get(how) or INVALID.get(service, "ValidationException")


def _is_of_moto(trace: TracebackType | None) -> bool:
    """Did it happen in moto's code, or in what that called, rather than in ours?"""
    names = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(trace)]
    known = [name.partition(".")[0] for name in names]
    last = next((name for name in reversed(known) if name in (MOTO, OURS)), "")
    return last == MOTO
