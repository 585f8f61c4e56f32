"""A request to a REST API: stage, resource, method, authorizer, function or mock, answer.

(events contract 8.3)
"""

import json
import uuid
from dataclasses import replace
from typing import Any, NamedTuple

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import (
    calling,
    payload_1,
    rest_authorizer,
    rest_result,
    result,
    routing,
)
from cognito_sandbox.events.http import request as requests
from cognito_sandbox.events.http.request import Moment, Request
from cognito_sandbox.events.http.rest_result import told
from cognito_sandbox.store.rest_apis import Integration, Method, Resource, RestApi, Stage

FAILED = "Internal server error"


class Call(NamedTuple):
    """A request that found its method; the path of the request is without the stage."""

    api: RestApi
    stage: Stage
    resource: Resource
    parameters: dict[str, str]
    request: Request
    moment: Moment
    request_id: str

    @property
    def source_arn(self) -> str:
        method = f"{self.request.method}{self.resource.path}"
        return calling.source_arn(self.api, self.stage.name, method)


def answer(api: RestApi, request: Request) -> Answer:
    request_id, moment = str(uuid.uuid4()), requests.moment()
    given = _answer(api, request, moment, request_id)
    known = [("x-amzn-RequestId", request_id), ("x-amz-apigw-id", moment.id)]
    return given._replace(headers=given.headers + known)


def _answer(api: RestApi, request: Request, moment: Moment, request_id: str) -> Answer:
    _, name, *rest = request.path.split("/")
    stage = api.stage(name)
    if not stage:
        reason = f"{api.id} has no stage {name} that something is deployed to."
        return told("403 Forbidden", "Forbidden", "ForbiddenException", reason)
    inner = replace(request, path="/" + "/".join(rest))
    found = _resource(stage, inner.path)
    method = found and (found[0].methods.get(request.method) or found[0].methods.get("ANY"))
    if not found or not method or not method.integration:
        kind, text = "MissingAuthenticationTokenException", "Missing Authentication Token"
        reason = f"{api.id} has no method {request.method} {inner.path} in its stage {name}."
        return told("403 Forbidden", text, kind, reason)
    call = Call(api, stage, *found, inner, moment, request_id)
    return _called(call, method, method.integration)


def _resource(stage: Stage, path: str) -> tuple[Resource, dict[str, str]] | None:
    """The resource that says most about the path, and what stands for its variables."""
    plain = path.rstrip("/") or "/"
    found = [(each, routing.match(each.path, plain)) for each in stage.resources]
    known = [(each, parameters) for each, parameters in found if parameters is not None]
    return min(known, key=lambda each: routing.rank(each[0].path), default=None)


def _called(call: Call, method: Method, integration: Integration) -> Answer:
    try:
        authorized = None
        if method.authorizer:
            authorized = rest_authorizer.authorize(method.authorizer, method.scopes, call.request)
        if integration.kind == "MOCK":
            return _mocked(integration)
        return _of_function(call, integration, authorized)
    except rest_authorizer.NotAuthorizedError as error:
        return told("401 Unauthorized", str(error), "UnauthorizedException")
    except calling.TooLargeError as error:
        text = "Request Too Long"
        return told("413 Content Too Large", text, "RequestTooLargeException", error.reason)
    except calling.TooSlowError as error:
        kind, text = "InternalServerErrorException", "Endpoint request timed out"
        return told("504 Gateway Timeout", text, kind, error.reason)
    except calling.NotCalledError as error:
        kind = "InternalServerErrorException"
        return told("500 Internal Server Error", FAILED, kind, error.reason)
    except result.MalformedError as error:
        reason = f"Malformed Lambda proxy response: {error}."
        return told("502 Bad Gateway", FAILED, "InternalServerErrorException", reason)


def _of_function(call: Call, integration: Integration, authorized: Any) -> Answer:
    if integration.http_method != "POST":
        raise calling.NotCalledError("The integration's method must be POST, to invoke a function.")
    function = calling.function_of(integration.uri, call.stage.variables)
    event, limit = _event(call, authorized), integration.milliseconds
    given = calling.call(function, call.source_arn, event, limit)
    if given.failed:
        raise result.MalformedError(f"the function failed: {given.error_message}")
    return rest_result.answer(given.payload, call.request, call.api.binary_types)


def _event(call: Call, authorized: Any) -> dict[str, Any]:
    api, stage = call.api, call.stage
    context = {
        "resourceId": call.resource.id,
        "resourcePath": call.resource.path,
        "path": f"/{stage.name}{call.request.path}",
        "accountId": api.account,
        "stage": stage.name,
        "domainPrefix": api.id,
        "domainName": f"{api.id}.execute-api.{api.region}.amazonaws.com",
        "deploymentId": stage.deployment_id,
        "requestId": call.request_id,
        "apiId": api.id,
    }
    if authorized:
        context["authorizer"] = authorized
    is_text = rest_result.is_text(call.request, api.binary_types)
    return payload_1.event(
        call.request,
        call.moment,
        call.resource.path,
        context,
        call.parameters,
        dict(stage.variables),
        is_text,
    )


def _mocked(integration: Integration) -> Answer:
    """The answer that the template's statusCode names, with its fixed headers and text."""
    try:
        asked = json.loads(integration.templates.get("application/json") or "{}")
        code = str(asked["statusCode"])
    except (ValueError, KeyError, TypeError):
        raise calling.NotCalledError("The mock's request template names no statusCode.") from None
    response = integration.responses.get(code)
    if not response:
        raise calling.NotCalledError(f"The mock has no integration response for {code}.")
    fixed = {
        name.rpartition("method.response.header.")[2]: value.strip("'")
        for name, value in response.parameters.items()
    }
    text = next(iter(response.templates.values()), None) or ""
    return Answer(result.status(code), result.headers({"headers": fixed}), text.encode())
