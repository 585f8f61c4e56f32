"""A request to an HTTP API: stage, route, authorizer, function, answer. (events contract 8.1)"""

import json
from typing import Any, NamedTuple

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import (
    api_cors,
    api_settings,
    calling,
    jwt,
    payload_1,
    payload_2,
    result,
    routing,
)
from cognito_sandbox.events.http import request as requests
from cognito_sandbox.events.http.apis import Api, Deployed, Settings
from cognito_sandbox.events.http.request import Moment, Request

FAILED = "500 Internal Server Error", "Internal Server Error"
UNKNOWN = "404 Not Found", "Not Found"
TOO_LARGE = "413 Content Too Large", "Request Entity Too Large"
TOO_SLOW = "503 Service Unavailable", "Service Unavailable"
REFUSED = {401: ("401 Unauthorized", "Unauthorized"), 403: ("403 Forbidden", "Forbidden")}
Headers = list[tuple[str, str]]


class Call(NamedTuple):
    """A request that found its route."""

    api: Api
    stage: Settings
    deployed: Deployed
    found: routing.Match
    request: Request
    moment: Moment

    @property
    def route(self) -> Settings:
        return self.found.route

    @property
    def source_arn(self) -> str:
        verb, _, path = self.route["RouteKey"].partition(" ")
        method = f"{self.request.method}{path}" if path else verb
        return calling.source_arn(self.api, self.stage["StageName"], method)


def answer(api: Api, request: Request) -> Answer:
    """What the API answers, with its own CORS headers where it has them."""
    moment, cors = requests.moment(), api.settings.get("CorsConfiguration")
    if cors and api_cors.is_preflight(request):
        given = api_cors.preflight(cors, request)
    else:
        given = _answer(api, request, moment)
        given = api_cors.overruled(cors, request, given) if cors else given
    return given._replace(headers=[*given.headers, ("Apigw-Requestid", moment.id)])


def _answer(api: Api, request: Request, moment: Moment) -> Answer:
    stage, path = routing.stage_of(api, request.path)
    deployed = api.at(stage) if stage else None
    if stage is None or deployed is None:
        return refusal(UNKNOWN, f"{api.id} has no stage for {request.path} that is deployed.")
    found = routing.choose(list(deployed.routes.values()), request.method, path)
    if not found or not found.route.get("Target"):
        return refusal(UNKNOWN, f"{api.id} has no route for {request.method} {path}.")
    call = Call(api, stage, deployed, found, request, moment)
    try:
        return _called(call, _authorized(call))
    except jwt.NotAuthorizedError as error:
        return refusal(REFUSED[error.status], headers=[("WWW-Authenticate", error.challenge)])
    except calling.TooLargeError as error:
        return refusal(TOO_LARGE, error.reason)
    except calling.TooSlowError as error:
        return refusal(TOO_SLOW, error.reason)
    except calling.NotCalledError as error:
        return refusal(FAILED, error.reason)
    except result.MalformedError as error:
        return refusal(FAILED, f"The function's answer is malformed: {error}.")


def refusal(what: tuple[str, str], reason: str = "", headers: Headers | None = None) -> Answer:
    """An answer of the gateway's own."""
    told = [(calling.REASON, result.one_line(reason))] if reason else []
    content = json.dumps({"message": what[1]}, separators=(",", ":")).encode()
    return Answer(what[0], [("Content-Type", result.JSON), *(headers or []), *told], content)


def _authorized(call: Call) -> Any:
    """What the authorizer found, or None where the route asks for none."""
    if call.route.get("AuthorizationType") != "JWT":
        return None
    authorizer = call.deployed.authorizers[call.route["AuthorizerId"]]
    return jwt.authorize(authorizer, call.route.get("AuthorizationScopes") or [], call.request)


def _called(call: Call, authorized: object) -> Answer:
    integration = call.deployed.integrations[call.route["Target"].removeprefix("integrations/")]
    newer = integration["PayloadFormatVersion"] == "2.0"
    event = _event_2(call, authorized) if newer else _event_1(call, authorized)
    limit = integration.get("TimeoutInMillis", api_settings.LONGEST)
    function = calling.function_of(
        integration["IntegrationUri"], call.stage.get("StageVariables", {})
    )
    given = calling.call(function, call.source_arn, event, limit)
    if given.failed:
        raise calling.NotCalledError(f"The function failed: {given.error_message}")
    return result.of_payload_2(given.payload) if newer else result.of_payload_1(given.payload)


def _context(call: Call) -> dict[str, Any]:
    return {
        "accountId": call.api.account,
        "apiId": call.api.id,
        "domainName": f"{call.api.id}.execute-api.{call.api.region}.amazonaws.com",
        "domainPrefix": call.api.id,
        "stage": call.stage["StageName"],
    }


def _event_2(call: Call, authorized: object) -> dict[str, Any]:
    context = _context(call) | {"routeKey": call.route["RouteKey"]}
    if authorized:
        context["authorizer"] = {"jwt": authorized}
    variables = call.stage.get("StageVariables")
    return payload_2.event(call.request, call.moment, context, call.found.parameters, variables)


def _event_1(call: Call, authorized: object) -> dict[str, Any]:
    verb, _, path = call.route["RouteKey"].partition(" ")
    resource = path or verb
    context = _context(call) | {
        "authorizer": authorized or {"claims": None, "scopes": None},
        "requestId": call.moment.id,
        "resourceId": call.route["RouteKey"],
        "resourcePath": resource,
    }
    event = payload_1.event(
        call.request,
        call.moment,
        resource,
        context,
        call.found.parameters,
        call.stage.get("StageVariables"),
        requests.is_text(call.request),
    )
    return {"version": "1.0"} | event
