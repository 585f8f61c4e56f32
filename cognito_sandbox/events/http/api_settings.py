"""What an HTTP API's settings may be: those that have their effect here, and why others may not.

(events contract 8.1, 8.2)
"""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from cognito_sandbox.events.http import issuers
from cognito_sandbox.events.http.apis import Api, ApiError, Settings, not_found

METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
ROUTE = re.compile(rf"\$default|({'|'.join(METHODS)}) (/[^\s]*)")
SEGMENT = re.compile(r"[^{}]*|\{[\w.:-]+\}")
GREEDY = re.compile(r"\{[\w.:-]+\+\}")
STAGE = re.compile(r"\$default|[\w-]{1,128}")
FUNCTION = re.compile(
    r"(arn:aws:apigateway:[\w-]+:lambda:path/2015-03-31/functions/)?"
    r"(?P<function>arn:aws:lambda:[\w-]+:\d+:function:[^/]+)(/invocations)?"
)
SOURCE = re.compile(r"\$request\.(header|querystring)\.[\w-]+")
LONGEST = 30_000
INTEGRATIONS = "integrations/"
USUAL: dict[str, Settings] = {  # what stands for a setting's absence
    "Api": {
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "DisableExecuteApiEndpoint": False,
        "DisableSchemaValidation": False,
        "IpAddressType": "ipv4",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
    },
    "Authorizer": {"AuthorizerType": "JWT"},
    "Integration": {
        "ConnectionType": "INTERNET",
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
    },
    "Route": {"ApiKeyRequired": False},
    "Stage": {"DefaultRouteSettings": {}, "RouteSettings": {}},
}
KINDS = ("AuthorizerType", "ConnectionType", "IntegrationType")  # of which the rest depends
OF_WEBSOCKETS = defaultdict[str, set[str]](
    set,
    Integration={
        *("ContentHandlingStrategy", "PassthroughBehavior", "RequestTemplates"),
        "TemplateSelectionExpression",
    },
    Route={
        *("ApiKeyRequired", "ModelSelectionExpression", "RequestModels", "RequestParameters"),
        "RouteResponseSelectionExpression",
    },
)
EFFECTIVE = {
    "Api": {"CorsConfiguration", "Description", "Name", "RouteKey", "Tags", "Target", "Version"},
    "Authorizer": {"IdentitySource", "JwtConfiguration", "Name"},
    "Deployment": {"Description", "StageName"},
    "Integration": {"Description", "IntegrationUri", "PayloadFormatVersion", "TimeoutInMillis"},
    "Route": {
        *("AuthorizationScopes", "AuthorizationType", "AuthorizerId", "OperationName"),
        *("RouteKey", "Target"),
    },
    "Stage": {
        *("AutoDeploy", "DeploymentId", "Description", "StageName", "StageVariables", "Tags"),
    },
}


def check(kind: str, settings: Settings, api: Api | None = None) -> None:
    """Refuse what AWS refuses, and what would have no effect here."""
    for name in sorted(settings, key=lambda each: each not in KINDS):
        if name not in EFFECTIVE[kind] and _asks(kind, name, settings[name]):
            raise _without_effect(kind, name, settings[name])
    if kind in CHECKS:
        CHECKS[kind](settings, api)


def _without_effect(kind: str, name: str, value: Any) -> ApiError:
    said = f"{name} {value}" if isinstance(value, str) else name
    if name in OF_WEBSOCKETS[kind]:
        return ApiError(f"{kind}.{said}: only WebSocket APIs have it. Leave it out.")
    if name == "IntegrationMethod":
        return ApiError(f"{said}: functions are invoked by POST. Leave it out.")
    return ApiError(
        f"The sandbox does not have HTTP APIs' {kind}.{said}: it would have no effect. "
        "Leave it out, or use an AWS account."
    )


def _asks(kind: str, name: str, value: Any) -> bool:
    if name in ("DefaultRouteSettings", "RouteSettings"):
        values = value.values() if name == "DefaultRouteSettings" else value
        return any(values)
    usual = USUAL.get(kind, {}).get(name)
    return bool(value != usual if usual is not None else value)


def _check_api(settings: Settings, _: Api | None) -> None:
    cors = settings.get("CorsConfiguration") or {}
    if cors.get("AllowCredentials") and "*" in cors.get("AllowOrigins", []):
        raise ApiError("allow-credentials is not supported when the allowed origins are *.")


def _check_route(settings: Settings, api: Api | None) -> None:
    assert api
    key = ROUTE.fullmatch(settings["RouteKey"])
    segments = key[2].split("/")[1:] if key and key[2] else []
    known = all(map(SEGMENT.fullmatch, segments[:-1])) and (
        not segments or SEGMENT.fullmatch(segments[-1]) or GREEDY.fullmatch(segments[-1])
    )
    if not key or not known:
        raise ApiError(f"The provided route key is not formatted properly: {settings['RouteKey']}")
    target = settings.get("Target")
    if target and target.removeprefix(INTEGRATIONS) == target:
        raise ApiError(f"A route's Target is {INTEGRATIONS}INTEGRATION_ID, not {target}.")
    if target and target.removeprefix(INTEGRATIONS) not in api.current.integrations:
        raise not_found("Integration", target)
    how = settings.get("AuthorizationType", "NONE")
    if how not in ("NONE", "JWT"):
        raise ApiError(f"The sandbox's HTTP APIs do not have AuthorizationType {how}, only JWT.")
    if how == "JWT" and not settings.get("AuthorizerId"):
        raise ApiError("The AuthorizationType JWT needs an AuthorizerId.")
    if how == "JWT" and settings.get("AuthorizerId") not in api.current.authorizers:
        raise not_found("Authorizer", str(settings.get("AuthorizerId")))
    if how == "NONE" and settings.get("AuthorizationScopes"):
        raise ApiError("AuthorizationScopes need the AuthorizationType JWT.")


def _check_integration(settings: Settings, _: Api | None) -> None:
    if not FUNCTION.fullmatch(settings.get("IntegrationUri", "")):
        raise ApiError(
            f"Invalid function ARN: {settings.get('IntegrationUri', '')}. "
            "An AWS_PROXY integration's IntegrationUri is a function's ARN."
        )
    version = settings.get("PayloadFormatVersion")
    if not version:
        raise ApiError("PayloadFormatVersion is a required parameter: 1.0 or 2.0.")
    if version not in ("1.0", "2.0"):
        raise ApiError(f"PayloadFormatVersion {version} is none: functions get 1.0 or 2.0.")
    if not 50 <= settings.get("TimeoutInMillis", LONGEST) <= LONGEST:
        raise ApiError("Timeout should be between 50 ms and 30000 ms")


def _check_authorizer(settings: Settings, _: Api | None) -> None:
    jwt, sources = settings.get("JwtConfiguration") or {}, settings.get("IdentitySource") or []
    if len(sources) != 1 or not SOURCE.fullmatch(sources[0]):
        raise ApiError(
            "IdentitySource is one of $request.header.NAME and $request.querystring.NAME."
        )
    if not jwt.get("Issuer") or not jwt.get("Audience"):
        raise ApiError("A JWT authorizer needs JwtConfiguration with Issuer and Audience.")
    if not issuers.pool_of(jwt["Issuer"]):
        raise ApiError(
            f"Invalid issuer: {jwt['Issuer']}. The sandbox knows its own user pools only: "
            "https://cognito-idp.REGION.amazonaws.com/POOL_ID."
        )


def _check_stage(settings: Settings, api: Api | None) -> None:
    assert api
    if not STAGE.fullmatch(settings["StageName"]):
        raise ApiError("Stage names have letters, digits, hyphens and underscores only.")
    deployment = settings.get("DeploymentId")
    if deployment and deployment not in api.deployments:
        raise not_found("Deployment", deployment)


CHECKS: dict[str, Callable[[Settings, Api | None], None]] = {
    "Api": _check_api,
    "Authorizer": _check_authorizer,
    "Integration": _check_integration,
    "Route": _check_route,
    "Stage": _check_stage,
}
