"""Events of payload format 2.0, for HTTP APIs and function URLs: what is empty is absent.

(events contract 8.1, 8.4)
"""

from typing import Any

from cognito_sandbox.events.http import request as requests
from cognito_sandbox.events.http.request import Moment, Request

Event = dict[str, Any]


def event(
    request: Request,
    moment: Moment,
    context: Event,
    parameters: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
) -> Event:
    """The event; the context says whose it is: account, API, domain, stage and route."""
    is_text = requests.is_text(request)
    headers = {name: ",".join(values) for name, values in request.by_name.items()}
    cookies = "; ".join(request.by_name.get("cookie", []))
    headers.pop("cookie", None)
    made: Event = {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": request.path,
        "rawQueryString": request.query,
        "cookies": cookies.split("; ") if cookies else None,
        "headers": headers,
        "queryStringParameters": _joined(request.parameters),
        "requestContext": dict(sorted((context | _of_request(request, moment)).items())),
        "pathParameters": parameters,
        "stageVariables": variables,
        "body": requests.body_text(request, is_text),
    }
    made = {name: value for name, value in made.items() if value or name == "rawQueryString"}
    return made | {"isBase64Encoded": bool(request.body) and not is_text}


def _of_request(request: Request, moment: Moment) -> Event:
    return {
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": moment.id,
        "time": moment.written,
        "timeEpoch": moment.epoch,
    }


def _joined(parameters: list[tuple[str, str]]) -> dict[str, str]:
    """Repeated ones are joined by commas."""
    joined: dict[str, str] = {}
    for name, value in parameters:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
