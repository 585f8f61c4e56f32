"""Events of payload format 1.0, for REST APIs and HTTP APIs: all is there, null when empty.

(events contract 8.1, 8.3)
"""

from typing import Any

from cognito_sandbox.events.http import request as requests
from cognito_sandbox.events.http.request import Moment, Pairs, Request

Event = dict[str, Any]
NOBODY = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider"),
    *("cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId"),
    *("principalOrgId", "user", "userArn"),
)


def event(
    request: Request,
    moment: Moment,
    resource: str,
    context: Event,
    parameters: dict[str, str] | None,
    variables: dict[str, str] | None,
    is_text: bool,
) -> Event:
    """The event; the context says whose it is: account, API, domain, stage and resource."""
    query = request.parameters
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": _all(request.headers) or None,
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _all(query) or None,
        "pathParameters": parameters or None,
        "stageVariables": variables or None,
        "requestContext": {"path": request.path} | context | _of_request(request, moment),
        "body": requests.body_text(request, is_text) or None,
        "isBase64Encoded": bool(request.body) and not is_text,
    }


def _of_request(request: Request, moment: Moment) -> Event:
    return {
        "extendedRequestId": moment.id,
        "httpMethod": request.method,
        "identity": dict.fromkeys(NOBODY)
        | {"sourceIp": request.source_ip, "userAgent": request.header("user-agent") or None},
        "protocol": request.protocol,
        "requestTime": moment.written,
        "requestTimeEpoch": moment.epoch,
    }


def _all(pairs: Pairs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
