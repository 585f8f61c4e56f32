"""The Invoke call: what it takes, by which way it goes, and what its answer's headers tell.

(events contract 10.2)
"""

import base64
import uuid

from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE

from cognito_sandbox.events import asynchronous
from cognito_sandbox.events.invocations import Invocation
from cognito_sandbox.lambdas.environments import ThrottledError
from cognito_sandbox.patches import function_checks
from cognito_sandbox.store import needs
from cognito_sandbox.store.functions import Function, RoleError, split

NEEDS = ("moto.awslambda.responses:LambdaResponse.invoke",)
Headers = dict[str, str]


def install() -> None:
    """moto looks for the qualifier under a name that no client uses."""
    needs.check(NEEDS)
    invoke = LambdaResponse.invoke

    def invoke_qualified(response: LambdaResponse) -> TYPE_RESPONSE:
        response.querystring.setdefault("qualifier", response.querystring.get("Qualifier", [None]))
        return invoke(response)

    LambdaResponse.invoke = invoke_qualified


def answer(
    function: Function, event: bytes, asked_with: Headers, answered_with: Headers, asked: str
) -> bytes:
    """The payload; `asked` is the ARN by which the function was invoked, such as an alias's."""
    function_checks.check_json(event)
    kind = asked_with.get("X-Amz-Invocation-Type", "RequestResponse")
    function_checks.check_size(event, kind)
    request_id = answered_with["x-amzn-requestid"] = str(uuid.uuid4())
    if kind == "DryRun":
        return b""
    given = function_checks.client_context(asked_with.get("X-Amz-Client-Context"))
    if kind == "Event":
        asynchronous.accept(Invocation(*split(asked), event, given, request_id))
        return b""
    answered_with["X-Amz-Executed-Version"] = str(function.version)
    try:
        outcome = function.run(event, given, request_id, asked)
    except ThrottledError as error:
        raise function_checks.throttled(error) from None
    except RoleError:
        raise function_checks.not_assumed() from None
    if outcome.error:
        answered_with["x-amz-function-error"] = "Unhandled"
    answered_with["x-amz-log-result"] = base64.b64encode(outcome.log_tail).decode()
    return outcome.payload
