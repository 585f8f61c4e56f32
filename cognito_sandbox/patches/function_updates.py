"""When Lambda lets a function be changed: while nothing is under way, by who knows its revision.

(events contract 10.1)
"""

import functools
import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda import models
from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    LambdaClientError,
    PreconditionFailedException,
)
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE

from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend.publish_version",
    "moto.awslambda.models:LambdaBackend.update_function_code",
    "moto.awslambda.models:LambdaFunction.set_version",
    "moto.awslambda.responses:LambdaResponse.get_function",
    "moto.awslambda.responses:LambdaResponse.get_function_configuration",
    "moto.awslambda.responses:LambdaResponse.publish_version",
    "moto.awslambda.responses:LambdaResponse.update_alias",
    "moto.awslambda.responses:LambdaResponse.update_function_code",
    "moto.awslambda.responses:LambdaResponse.update_function_configuration",
)
Members = dict[str, Any]  # as Lambda's API names them
Answering = Callable[[LambdaResponse], TYPE_RESPONSE]
CHANGED = (
    "The Revision Id provided does not match the latest Revision Id. Call the "
    "GetFunction/GetAlias API to retrieve the latest Revision Id"
)
OF_A_VERSION = {"FunctionArn", "LastModified", "RevisionId", "Version"}


def conflict(text: str) -> LambdaClientError:
    error = LambdaClientError("ResourceConflictException", text)
    error.code = 409
    return error


def not_now(reason: str) -> LambdaClientError:
    return conflict(f"The operation cannot be performed at this time. {reason}")


def check_revision(wanted: str | None, current: str) -> None:
    if wanted and wanted != current:
        raise PreconditionFailedException(CHANGED)


def install() -> None:
    needs.check(NEEDS)
    for name in ("get_function", "get_function_configuration"):
        setattr(LambdaResponse, name, _once_settled(getattr(LambdaResponse, name)))
    for name in ("update_function_code", "update_function_configuration", "publish_version"):
        setattr(LambdaResponse, name, _guarded(getattr(LambdaResponse, name)))
    LambdaResponse.update_alias = _alias_of_this_revision(LambdaResponse.update_alias)
    models.LambdaBackend.update_function_code = _update_function_code
    models.LambdaBackend.publish_version = _unless_unchanged(models.LambdaBackend.publish_version)


def _function(response: LambdaResponse, qualifier: str | None = None) -> Any:
    name = unquote(response.path.split("/functions/")[1].split("/")[0])
    return response.backend.get_function(name, qualifier)


def _given(response: LambdaResponse) -> Members:
    return dict(json.loads(response.body or b"{}"))


def _once_settled(answer: Answering) -> Answering:
    @functools.wraps(answer)
    def wait_and_answer(response: LambdaResponse) -> TYPE_RESPONSE:
        _function(response, response._get_param("Qualifier", None)).progress.wait()
        return answer(response)

    return wait_and_answer


def _guarded(answer: Answering) -> Answering:
    @functools.wraps(answer)
    def check_and_answer(response: LambdaResponse) -> TYPE_RESPONSE:
        function, given = _function(response), _given(response)
        if function.progress.is_pending:
            state = "is currently in the following state: 'Pending'. StateReasonCode: 'Creating'"
            raise not_now(f"The resource {function.function_arn} {state}")
        if function.progress.before:
            raise not_now(f"An update is in progress for resource: {function.function_arn}")
        check_revision(given.get("RevisionId"), function.progress.revision)
        _check_code(given.get("CodeSha256"), function.code_sha_256)
        return answer(response)

    return check_and_answer


def _check_code(wanted: str | None, current: str) -> None:
    if wanted and wanted != current:
        raise InvalidParameterValueException(
            f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({current}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )


def _alias_of_this_revision(answer: Answering) -> Answering:
    @functools.wraps(answer)
    def check_and_answer(response: LambdaResponse) -> TYPE_RESPONSE:
        name = unquote(response.path.rsplit("/", 1)[-1])
        alias = response.backend.get_alias(name, _function(response).function_name)
        check_revision(_given(response).get("RevisionId"), alias.revision_id)
        before, alias.revision_id = alias.revision_id, str(uuid.uuid4())
        try:
            return answer(response)
        except Exception:
            alias.revision_id = before
            raise

    return check_and_answer


def _update_function_code(
    self: models.LambdaBackend, function_name: str, qualifier: str | None, body: Members
) -> Members:
    """Once: moto would do it a second time, to the version that it published."""
    function = self.get_function(function_name, qualifier)
    if body.get("DryRun"):
        function._set_function_code(body)
    else:
        function.update_function_code(body)
    if body.get("Publish"):
        function = self.publish_version(function_name)
    return dict(function.get_configuration())


def _unless_unchanged(publish: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(publish)
    def publish_changes(self: models.LambdaBackend, function_name: str, *rest: object) -> Any:
        latest = self._lambdas.get_function_by_name_or_arn_forbid_qualifier(function_name)
        published = self._lambdas._functions[latest.function_name]["versions"]
        if published and _essence(published[-1]) == _essence(latest):
            latest.code_or_config_updated = False
        return publish(self, function_name, *rest)

    return publish_changes


def _essence(function: Any) -> Members:
    shown = function.get_configuration().items()
    return {k: v for k, v in shown if k not in OF_A_VERSION and "LastUpdate" not in k}
