"""Lambda's Python runtime inside a worker: find the handler, call it, answer for it."""

import importlib
import json
import logging
import os
import sys
import traceback
from decimal import Decimal
from typing import Any

from cognito_sandbox.lambdas.channel import ERROR, FAILED_INIT, READY, RESULT, Channel
from cognito_sandbox.lambdas.lambda_context import LambdaContext
from cognito_sandbox.lambdas.runtime_logs import WARNING, LogHandler, Output, log_error


class FaultError(Exception):
    """An error of the function that the runtime itself finds, with Lambda's name for it."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind, self.trace = f"Runtime.{kind}", trace or []


def find_handler(name: str) -> Any:
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        problem = "not enough values to unpack (expected 2, got 1)"
        raise FaultError("MalformedHandlerName", f"Bad handler '{name}': {problem}")
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise FaultError("BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise FaultError(
            "ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from None
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module_name}': {error}{written_for_newer()}"
        raise FaultError("UserCodeSyntaxError", message, [where]) from None
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise FaultError("HandlerNotFound", message)
    return getattr(module, function_name)


def written_for_newer() -> str:
    """What AWS need not say: it has the Python that the function asks for."""
    wanted = os.environ["AWS_EXECUTION_ENV"].removeprefix("AWS_Lambda_")
    here = sys.version_info.minor
    if int(wanted.removeprefix("python3.")) <= here:
        return ""
    return (
        f". The sandbox runs on python3.{here}: if this is written for {wanted}, start the sandbox "
        "with that."
    )


def describe(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """The error as Lambda's payload; the frames of this file are left out of its trace."""
    if isinstance(error, FaultError):
        kind, trace = error.kind, error.trace
    else:
        frames = list(traceback.extract_tb(error.__traceback__))
        while frames and frames[0].filename == __file__:
            del frames[0]
        plain = [(f.filename, f.lineno or 0, f.name, f.line) for f in frames]
        kind, trace = type(error).__name__, traceback.format_list(plain)
    return {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": trace,
    }


def whole_traceback(error: BaseException) -> str:
    """What Python would have printed, the import of a module in a module included.

    Nothing of what the runtime itself found: that has no line in the function's code.
    """
    if isinstance(error, FaultError) and error.__context__ is None:
        return ""
    cause = (error.__context__ or error) if isinstance(error, FaultError) else error
    told = traceback.TracebackException.from_exception(cause)
    own = (__file__, importlib.__file__)
    frames = [f for f in told.stack if f.filename not in own and "<frozen" not in f.filename]
    told.stack = traceback.StackSummary.from_list(frames)
    return "".join(told.format()).replace(f"{os.environ['LAMBDA_TASK_ROOT']}/", "")


def plain_number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def marshal(result: object) -> bytes:
    if isinstance(result, bytes):
        return result
    try:
        return json.dumps(result, default=plain_number, ensure_ascii=False).encode()
    except Exception as error:
        raise FaultError("MarshalError", f"Unable to marshal response: {error}") from None


def parse(event: bytes) -> Any:
    try:
        return json.loads(event)
    except ValueError as error:
        raise FaultError("UnmarshalError", f"Unable to unmarshal input: {error}") from None


def answer(
    channel: Channel, handler: Any, call: dict[str, Any], event: bytes
) -> tuple[bytes, bytes]:
    process = os.getpid()
    try:
        context = LambdaContext(
            call["request_id"], call["client_context"], None, call["deadline_ms"], call["arn"]
        )
        outcome = RESULT, marshal(handler(parse(event), context))
    except Exception as error:
        described = describe(error, call["request_id"])
        log_error(channel, described)
        outcome = ERROR, json.dumps(described).encode()
    if os.getpid() != process:
        os._exit(0)
    return outcome


def serve(channel: Channel) -> None:
    """The worker's life: import the function once, then answer one invocation after the other."""
    sys.stdout, sys.stderr = Output.stream(channel, 1), Output.stream(channel, 2)
    logs = LogHandler.install(channel)
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:
        logging.warning(WARNING)
        described = describe(error)
        log_error(channel, described)
        told = described | {"traceback": whole_traceback(error)}
        channel.finish(FAILED_INIT, json.dumps(told).encode())
        os._exit(1)
    channel.finish(READY, b"")
    while True:
        call, _, event = channel.receive().partition(b"\n")
        request = json.loads(call)
        logs.request_id = request["request_id"]
        kind, payload = answer(channel, handler, request, event)
        channel.finish(kind, payload)
