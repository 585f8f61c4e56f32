"""How a gateway calls a function: its permission, its time limit, and what may go wrong.

(events contract 8.1, 8.3)
"""

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any

from cognito_sandbox.events.callers import Caller
from cognito_sandbox.events.delivery import LARGEST_EVENT, Delivery, deliver
from cognito_sandbox.events.http.api_settings import FUNCTION
from cognito_sandbox.events.http.apis import Api
from cognito_sandbox.store import functions
from cognito_sandbox.store.rest_apis import RestApi

GATEWAY = "apigateway.amazonaws.com"
REASON = "X-Sandbox-Reason"  # what AWS would write to a log at best
VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")


@dataclass
class NotCalledError(Exception):
    """Why there is no answer of the function's."""

    reason: str


class TooSlowError(NotCalledError):
    """The function was still running when the gateway gave up."""


class TooLargeError(NotCalledError):
    """The event is larger than Lambda takes."""


def source_arn(api: Api | RestApi, stage: str, method: str) -> str:
    """For what a function's policy must let API Gateway in; the method has its path with it."""
    return f"arn:aws:execute-api:{api.region}:{api.account}:{api.id}/{stage}/{method}"


def function_of(uri: str, variables: Mapping[str, str]) -> str:
    """The ARN of the function that an integration names, with the stage's variables in it."""
    whole = VARIABLE.sub(lambda each: variables.get(each[1], ""), uri)
    named = FUNCTION.fullmatch(whole)
    if not named:
        raise NotCalledError(f"{whole} names no function.")
    return named["function"]


def call(function_arn: str, source_arn: str, event: dict[str, Any], milliseconds: int) -> Delivery:
    """The function's answer, if API Gateway may invoke it."""
    function = functions.find(function_arn)
    if not function:
        raise NotCalledError(f"There is no function {function_arn}.")
    if not Caller(GATEWAY, source_arn, source_arn.split(":")[4]).may_invoke(function_arn):
        told = f"{GATEWAY} may not invoke {function_arn} for {source_arn}"
        raise NotCalledError(f"{told}: AddPermission allows it.")
    return run(function_arn, function.timeout, event, milliseconds)


def run(
    function_arn: str,
    timeout: int,
    event: dict[str, Any],
    milliseconds: int,
    request_id: str = "",
) -> Delivery:
    """The function's answer, if it gives one in time."""
    payload = json.dumps(event, ensure_ascii=False).encode()
    if len(payload) > LARGEST_EVENT:
        raise TooLargeError("The event is larger than 6 MB.")
    if timeout * 1000 <= milliseconds:
        given = deliver(function_arn, payload, None, request_id)
    else:
        given = _in_time(function_arn, payload, milliseconds)
    if not given.ran:
        raise NotCalledError(f"{function_arn} could not be run: it is throttled, or has no role.")
    return given


def _in_time(function_arn: str, payload: bytes, milliseconds: int) -> Delivery:
    own = ThreadPoolExecutor(1, "gateway")  # a shared one would queue calls behind those given up
    running = own.submit(deliver, function_arn, payload)
    own.shutdown(wait=False)
    try:
        return running.result(milliseconds / 1000)
    except FutureTimeoutError:
        raise TooSlowError(f"The function took longer than {milliseconds} ms.") from None
