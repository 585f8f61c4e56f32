"""What moto raises instead of answering: of its own accord, or because of one of our patches.

The first is a request that moto cannot make sense of: as in AWS, the client's mistake. Whatever
came through a patch is ours, for what it hands on to moto was checked before.
"""

import itertools
import sys
import traceback
from collections.abc import Callable
from types import CodeType, TracebackType
from typing import TypeVar
from xml.parsers.expat import ExpatError

from cognito_sandbox.door.refusals import RefusedError, Style

BAD_REQUEST = "400 Bad Request"
OURS, MOTO = "cognito_sandbox", "moto"
NO_SENSE = "1 validation error detected: The request cannot be made sense of here:"
UNREADABLE = (ExpatError, SyntaxError, RecursionError)  # ElementTree's error is a SyntaxError
Wrapper = TypeVar("Wrapper", bound=Callable[..., object])
_handing_on: set[CodeType] = set()
INVALID = {"lambda": "InvalidParameterValueException", "cognito-idp": "InvalidParameterException"}


def hands_on(wrapper: Wrapper) -> Wrapper:
    """Mark what gives moto the very request that came in: what fails below it is moto's."""
    _handing_on.add(wrapper.__code__)
    return wrapper


def explain(error: Exception, service: str, how: Style) -> RefusedError:
    """The answer, which is a 500 only if the failure is the sandbox's own."""
    if isinstance(error, UnicodeDecodeError) and service == "lambda":
        text = "The request is not UTF-8 text."
        return RefusedError(BAD_REQUEST, "InvalidRequestContentException", text)
    if isinstance(error, NotImplementedError):
        return RefusedError(BAD_REQUEST, "NotImplementedException", str(error))
    if isinstance(error, UNREADABLE):
        return _unreadable(how)
    if isinstance(error, ModuleNotFoundError):  # moto has parts that need more than the sandbox
        text = f"The sandbox does not have {service}: {error.name} is not installed beside it."
        return RefusedError(BAD_REQUEST, "NotImplementedException", text)
    ours = _patch(error.__traceback__)
    if ours is None:
        return RefusedError(BAD_REQUEST, _invalid(service, how), f"{NO_SENSE} {error!r}")
    text = f"The sandbox failed in {ours}: {error!r}"
    print(text, file=sys.stderr)
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


def _patch(trace: TracebackType | None) -> str | None:
    """The function of ours in which it happened, or that called what failed, in moto if it was."""
    frames = [(frame.f_globals.get("__name__", ""), frame) for frame, _ in traceback.walk_tb(trace)]
    inside = list(itertools.dropwhile(lambda each: not _is_of(MOTO, each[0]), frames)) or frames
    ours = [
        (name, frame)
        for name, frame in inside
        if _is_of(OURS, name) and (frame is inside[-1][1] or frame.f_code not in _handing_on)
    ]
    return f"{ours[-1][0]}.{ours[-1][1].f_code.co_name}" if ours else None


def _is_of(package: str, module: str) -> bool:
    return module.partition(".")[0] == package
