"""What may be asked of REST APIs: what has its effect here, and why the rest may not be.

(events contract 8.3) The names are those of API Gateway's own API.
"""

import re
from collections.abc import Callable
from typing import Any

from cognito_sandbox.events.http.apis import ApiError

Settings = dict[str, Any]
NOT_HERE = {
    *("CreateApiKey", "CreateBasePathMapping", "CreateDocumentationPart"),
    *("CreateDomainName", "CreateRequestValidator", "CreateUsagePlan", "CreateVpcLink"),
    *("GenerateClientCertificate", "PutGatewayResponse"),
}
EFFECTIVE = {
    "CreateAuthorizer": {"identitySource", "name", "providerARNs", "restApiId", "type"},
    "CreateDeployment": {"description", "restApiId", "stageDescription", "stageName", "variables"},
    "CreateRestApi": {
        *("binaryMediaTypes", "description", "endpointConfiguration", "name", "tags", "version"),
    },
    "CreateStage": {"deploymentId", "description", "restApiId", "stageName", "tags", "variables"},
    "PutIntegration": {
        *("httpMethod", "integrationHttpMethod", "passthroughBehavior", "requestTemplates"),
        *("resourceId", "restApiId", "timeoutInMillis", "type", "uri"),
    },
    "PutMethod": {
        *("authorizationScopes", "authorizationType", "authorizerId", "httpMethod"),
        *("operationName", "requestModels", "requestParameters", "resourceId", "restApiId"),
    },
}
USUAL = {
    "apiKeySource": "HEADER",
    "authorizerResultTtlInSeconds": 300,
    "authType": "cognito_user_pools",
    "connectionType": "INTERNET",
    "contentHandling": "CONVERT_TO_TEXT",
}
PATHS = {  # that may be patched
    "UpdateRestApi": re.compile(r"/(name|description|binaryMediaTypes/.+)"),
    "UpdateStage": re.compile(r"/(deploymentId|description|variables/.+)"),
    "UpdateAuthorizer": re.compile(r"/(identitySource|name)"),
}
METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
SHORTEST, LONGEST = 50, 29_000  # milliseconds
SOURCE = re.compile(r"method\.request\.header\.[\w-]+")
POOL = re.compile(r"arn:aws:cognito-idp:[\w-]+:\d+:userpool/([\w-]+)")


def check(operation: str, given: Settings) -> None:
    """Refuse what would have no effect."""
    if operation in NOT_HERE:
        raise _not_here(operation)
    if operation in CHECKS:
        CHECKS[operation](given)
    for name, value in given.items() if operation in EFFECTIVE else ():
        if name not in EFFECTIVE[operation] and value and value != USUAL.get(name):
            raise _not_here(f"{operation}.{name}")
    for patch in given.get("patchOperations") or () if operation in PATHS else ():
        if not PATHS[operation].fullmatch(patch.get("path", "")):
            raise _not_here(f"{operation} of {patch.get('path')}")


def _not_here(what: str) -> ApiError:
    return ApiError(
        f"The sandbox does not have REST APIs' {what}: it would have no effect. "
        "Leave it out, or use an AWS account."
    )


def _check_api(given: Settings) -> None:
    if "PRIVATE" in (given.get("endpointConfiguration") or {}).get("types", []):
        raise _not_here("endpointConfiguration PRIVATE")


def _check_resource(given: Settings) -> None:
    if not given.get("pathPart"):
        raise ApiError("A resource needs a pathPart: the root is there already.")


def _check_authorizer(given: Settings) -> None:
    if given.get("type") != "COGNITO_USER_POOLS":
        raise _not_here(f"authorizer type {given.get('type')}")
    arns = given.get("providerARNs") or []
    if not arns or not all(map(POOL.fullmatch, arns)):
        raise ApiError("A COGNITO_USER_POOLS authorizer names user pools in providerARNs.")
    if not SOURCE.fullmatch(given.get("identitySource") or "method.request.header.Authorization"):
        raise ApiError(
            f"The identitySource {given['identitySource']} is none: a COGNITO_USER_POOLS "
            "authorizer reads method.request.header.NAME."
        )


def _check_http_method(name: str | None) -> None:
    if name and name not in METHODS:
        raise ApiError(f"Invalid HttpMethod specified. Valid options are {','.join(METHODS)}")


def _check_method(given: Settings) -> None:
    _check_http_method(given.get("httpMethod"))
    if given.get("authorizationType") not in ("NONE", "COGNITO_USER_POOLS"):
        raise _not_here(f"authorizationType {given.get('authorizationType')}")


def _check_integration(given: Settings) -> None:
    if given.get("type") not in ("AWS_PROXY", "MOCK"):
        raise _not_here(f"integration type {given.get('type')}")
    _check_http_method(given.get("integrationHttpMethod"))
    if not SHORTEST <= given.get("timeoutInMillis", LONGEST) <= LONGEST:
        raise ApiError(f"Timeout should be between {SHORTEST} ms and {LONGEST} ms")
    how = given.get("passthroughBehavior") or PASSTHROUGH[0]
    if how not in PASSTHROUGH:
        raise ApiError(f"The passthroughBehavior {how} is none of {', '.join(PASSTHROUGH)}.")
    uri = given.get("uri") or ""
    if given["type"] == "AWS_PROXY" and not uri:
        raise ApiError(
            "An AWS_PROXY integration needs a uri: the function's ARN, in API Gateway's form."
        )
    if given["type"] == "AWS_PROXY" and ":lambda:" not in uri and uri.startswith("arn:"):
        raise _not_here(f"integration with {uri}")
    for template in (given.get("requestTemplates") or {}).values():
        check_template(template)


def _check_response(given: Settings) -> None:
    for template in (given.get("responseTemplates") or {}).values():
        check_template(template)
    for value in (given.get("responseParameters") or {}).values():
        if not re.fullmatch(r"'[^']*'", value):
            raise _not_here(f"response parameter {value}, only 'fixed' ones")


def check_template(template: str | None) -> None:
    """A mock's templates are taken as they are."""
    if re.search(r"\$|^\s*#", template or "", re.MULTILINE):
        raise _not_here("mapping templates with variables")


CHECKS: dict[str, Callable[[Settings], None]] = {
    "CreateAuthorizer": _check_authorizer,
    "CreateResource": _check_resource,
    "CreateRestApi": _check_api,
    "PutIntegration": _check_integration,
    "PutIntegrationResponse": _check_response,
    "PutMethod": _check_method,
}
