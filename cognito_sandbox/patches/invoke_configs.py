"""The settings of asynchronous invocations: moto keeps them, and follows none."""

import json
from collections.abc import Callable
from urllib.parse import unquote

from moto.awslambda.models import LambdaStorage
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE

from cognito_sandbox.events import invoke_configs
from cognito_sandbox.events.invoke_configs import ConfigError, Place
from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LambdaStorage.del_function",
    "moto.awslambda.responses:LambdaResponse.delete_function_event_invoke_config",
    "moto.awslambda.responses:LambdaResponse.get_function_event_invoke_config",
    "moto.awslambda.responses:LambdaResponse.list_function_event_invoke_configs",
    "moto.awslambda.responses:LambdaResponse.put_function_event_invoke_config",
    "moto.awslambda.responses:LambdaResponse.update_function_event_invoke_config",
)
STATUS = {"ResourceNotFoundException": 404}


def install() -> None:
    """Put the sandbox's settings in the place of moto's."""
    needs.check(NEEDS)
    LambdaResponse.put_function_event_invoke_config = _put
    LambdaResponse.update_function_event_invoke_config = _update
    LambdaResponse.get_function_event_invoke_config = _get
    LambdaResponse.delete_function_event_invoke_config = _delete
    LambdaResponse.list_function_event_invoke_configs = _list
    LambdaStorage.del_function = _and_forget(LambdaStorage.del_function)


def _and_forget(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_both(storage: LambdaStorage, *values: object, **named: object) -> None:
        delete(storage, *values, **named)
        invoke_configs.delete_orphans()

    return delete_both


def _answer(status: int, work: Callable[[], object]) -> TYPE_RESPONSE:
    try:
        return status, {"status": status}, json.dumps(work())
    except ConfigError as error:
        refused = STATUS.get(error.kind, 400)
        told = {"Type": "User", "message": error.message, "Message": error.message}
        return refused, {"status": refused, "x-amzn-errortype": error.kind}, json.dumps(told)


def _place(response: LambdaResponse) -> Place:
    """Which function, and which version or alias; moto refuses a function that is not there."""
    name = unquote(response.path.split("/functions/")[1].split("/")[0])
    qualifier = response.querystring.get("Qualifier", [None])[0]
    function = response.backend.get_function(name, qualifier)
    arn = ":".join(function.function_arn.split(":")[:7])
    return arn, qualifier or "$LATEST"


def _put(response: LambdaResponse) -> TYPE_RESPONSE:
    place, given = _place(response), response.json_body
    return _answer(200, lambda: invoke_configs.put(place, given, keep=False).described())


def _update(response: LambdaResponse) -> TYPE_RESPONSE:
    place, given = _place(response), response.json_body
    return _answer(200, lambda: invoke_configs.put(place, given, keep=True).described())


def _get(response: LambdaResponse) -> TYPE_RESPONSE:
    place = _place(response)
    return _answer(200, lambda: invoke_configs.get(place).described())


def _delete(response: LambdaResponse) -> TYPE_RESPONSE:
    place = _place(response)
    return _answer(204, lambda: invoke_configs.delete(place))


def _list(response: LambdaResponse) -> TYPE_RESPONSE:
    arn, _ = _place(response)
    found = [config.described() for config in invoke_configs.listed(arn)]
    return _answer(200, lambda: {"FunctionEventInvokeConfigs": found})
