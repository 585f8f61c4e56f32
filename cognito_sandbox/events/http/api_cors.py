"""An HTTP API's own CORS: it answers browsers that ask beforehand, and overrules its functions.

(events contract 8.1)
"""

from fnmatch import fnmatchcase

from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http.apis import Settings
from cognito_sandbox.events.http.request import Request

PREFIX = "access-control-"
Headers = list[tuple[str, str]]


def is_preflight(request: Request) -> bool:
    asks = "access-control-request-method" in request.by_name
    return request.method == "OPTIONS" and asks and "origin" in request.by_name


def preflight(cors: Settings, request: Request) -> Answer:
    """What the page may ask; nothing, if its origin is not among those that may."""
    headers = _of_origin(cors, request)
    if headers:
        listed = {
            "Access-Control-Allow-Methods": cors.get("AllowMethods"),
            "Access-Control-Allow-Headers": cors.get("AllowHeaders"),
        }
        headers += [(name, ",".join(values)) for name, values in listed.items() if values]
        if "MaxAge" in cors:
            headers.append(("Access-Control-Max-Age", str(cors["MaxAge"])))
    return Answer("204 No Content", headers, b"")


def overruled(cors: Settings, request: Request, answer: Answer) -> Answer:
    """The answer with the API's CORS headers, and none of the function's."""
    kept = [pair for pair in answer.headers if not pair[0].lower().startswith(PREFIX)]
    added = _of_origin(cors, request)
    if added and cors.get("ExposeHeaders"):
        added.append(("Access-Control-Expose-Headers", ",".join(cors["ExposeHeaders"])))
    return Answer(answer.status, kept + added, answer.content)


def _of_origin(cors: Settings, request: Request) -> Headers:
    origin, allowed = request.header("origin"), cors.get("AllowOrigins") or []
    if not origin or not any(fnmatchcase(origin, each) for each in allowed):
        return []
    is_anybodys = "*" in allowed and not cors.get("AllowCredentials")  # else browsers refuse it
    headers = [("Access-Control-Allow-Origin", "*" if is_anybodys else origin)]
    if not is_anybodys:
        headers.append(("Vary", "Origin"))
    if cors.get("AllowCredentials"):
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return headers
