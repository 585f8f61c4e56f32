"""Function URLs in Lambda's API: moto keeps them, and answers at none."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import LambdaStorage
from moto.awslambda.policy import Policy
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE

from cognito_sandbox.events.http import function_urls
from cognito_sandbox.events.http.function_urls import UrlError
from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend.get_function",
    "moto.awslambda.models:LambdaStorage.del_function",
    "moto.awslambda.policy:Policy.decode_policy",
    "moto.awslambda.responses:LambdaResponse.create_function_url_config",
    "moto.awslambda.responses:LambdaResponse.delete_function_url_config",
    "moto.awslambda.responses:LambdaResponse.get_function_url_config",
    "moto.awslambda.responses:LambdaResponse.update_function_url_config",
)
STATUS = {"ResourceNotFoundException": 404, "ResourceConflictException": 409}
CONDITIONS = {  # what AddPermission says besides, and the condition that this becomes
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
Settings = dict[str, Any]


def install() -> None:
    """Put the sandbox's function URLs in the place of moto's."""
    needs.check(NEEDS)
    for name in ("create", "get", "update", "delete"):
        setattr(LambdaResponse, f"{name}_function_url_config", globals()[f"_{name}"])
    Policy.decode_policy = _with_conditions(Policy.decode_policy)
    LambdaStorage.del_function = _and_close(LambdaStorage.del_function)


def _with_conditions(decode: Callable[..., Any]) -> Callable[..., Any]:
    def decode_all(policy: Policy, given: Settings) -> Policy:
        said = {name: given.pop(name) for name in CONDITIONS if name in given}
        decoded = decode(policy, given)
        for name, value in said.items():
            operator, key = CONDITIONS[name]
            conditions = decoded.statements[0].setdefault("Condition", {})
            text = value if isinstance(value, str) else json.dumps(value)
            conditions.setdefault(operator, {})[key] = text
        return decoded

    return decode_all


def _and_close(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_both(storage: LambdaStorage, *values: object, **named: object) -> None:
        delete(storage, *values, **named)
        function_urls.delete_orphans()

    return delete_both


def _answer(status: int, work: Callable[[], Settings]) -> TYPE_RESPONSE:
    try:
        return status, {"status": status}, json.dumps(work())
    except UrlError as error:
        refused = STATUS.get(error.kind, 400)
        told = {"Type": "User", "message": error.message, "Message": error.message}
        return refused, {"status": refused, "x-amzn-errortype": error.kind}, json.dumps(told)


def _target(response: LambdaResponse) -> str:
    """The function's ARN; moto refuses a function or an alias that is not there."""
    name = unquote(response.path.split("/functions/")[1].split("/")[0])
    qualifier = response.querystring.get("Qualifier", [None])[0]
    return target(response.backend, name, qualifier)


def target(backend: Any, name: str, qualifier: str | None) -> str:
    function = backend.get_function(name, qualifier)
    arn = ":".join(function.function_arn.split(":")[:7])
    return f"{arn}:{qualifier}" if qualifier and qualifier != "$LATEST" else arn


def _create(response: LambdaResponse) -> TYPE_RESPONSE:
    arn, given = _target(response), response.json_body
    return _answer(201, lambda: function_urls.create(arn, given).described())


def _get(response: LambdaResponse) -> TYPE_RESPONSE:
    arn = _target(response)
    return _answer(200, lambda: function_urls.get(arn).described())


def _update(response: LambdaResponse) -> TYPE_RESPONSE:
    arn, given = _target(response), response.json_body
    return _answer(200, lambda: function_urls.update(function_urls.get(arn), given).described())


def _delete(response: LambdaResponse) -> TYPE_RESPONSE:
    arn = _target(response)

    def work() -> Settings:
        function_urls.delete(function_urls.get(arn))
        return {}

    return _answer(204, work)
