"""Function URLs: a function's own address, and what it answers there. (events contract 8.4)"""

import json
import secrets
import string
import uuid
from dataclasses import dataclass, field
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.door import addresses
from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.destinations import iso
from cognito_sandbox.events.http import api_cors, calling, payload_2, result
from cognito_sandbox.events.http.request import Moment, Request
from cognito_sandbox.lambdas import permission
from cognito_sandbox.store import functions

LETTERS = string.ascii_lowercase + string.digits
NEVER_GIVEN_UP = 900_000
HELP = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
FORBIDDEN = "Forbidden. For troubleshooting Function URL authorization issues, see: "
NO_PERMISSION = (
    "There is no such function any more, or nobody may invoke it by its URL: AddPermission allows "
    "it, with lambda:InvokeFunctionUrl and FunctionUrlAuthType NONE."
)
Settings = dict[str, Any]  # members as in Lambda's API


class UrlError(Exception):
    """What Lambda refuses; `kind` is its name for that."""

    def __init__(self, message: str, kind: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass
class FunctionUrl:
    """The address of a function, or of an alias of it."""

    function_arn: str
    settings: Settings
    id: str = field(default_factory=lambda: "".join(secrets.choice(LETTERS) for _ in range(32)))
    created: float = field(default_factory=clock.now)
    modified: float = field(default_factory=clock.now)

    @property
    def url(self) -> str:
        return f"{addresses.url('lambda-url', self.id)}/"

    def described(self) -> Settings:
        shown = {
            "FunctionUrl": self.url,
            "FunctionArn": self.function_arn,
            "CreationTime": iso(self.created),
            "LastModifiedTime": iso(self.modified),
            "InvokeMode": "BUFFERED",
        }
        return shown | self.settings


_urls: dict[str, FunctionUrl] = {}  # by identifier


def find(identifier: str) -> FunctionUrl | None:
    return _urls.get(identifier)


def get(function_arn: str) -> FunctionUrl:
    for url in list(_urls.values()):
        if url.function_arn == function_arn:
            return url
    raise UrlError("The resource you requested does not exist.", "ResourceNotFoundException")


def create(function_arn: str, given: Settings) -> FunctionUrl:
    if any(url.function_arn == function_arn for url in list(_urls.values())):
        told = f"Failed to create function url config for [functionArn = {function_arn}]. "
        told += "Error message:  FunctionUrlConfig exists for this Lambda function"
        raise UrlError(told, "ResourceConflictException")
    url = FunctionUrl(function_arn, _checked(given))
    _urls[url.id] = url
    return url


def update(url: FunctionUrl, given: Settings) -> FunctionUrl:
    url.settings, url.modified = url.settings | _checked(given), clock.now()
    return url


def delete(url: FunctionUrl) -> None:
    _urls.pop(url.id, None)


def delete_orphans() -> None:
    """Whose function is gone, goes too."""
    for url in list(_urls.values()):
        if functions.find(url.function_arn) is None:
            delete(url)


def _checked(given: Settings) -> Settings:
    settings: Settings = {
        name: given[name] for name in ("AuthType", "Cors", "InvokeMode") if name in given
    }
    for name, usual in (("AuthType", "NONE"), ("InvokeMode", "BUFFERED")):
        if settings.get(name, usual) != usual:
            raise UrlError(f"The sandbox's function URLs do not have {name} {settings[name]}.")
    return settings


def answer(url: FunctionUrl, request: Request) -> Answer:
    """What the function answers, with the URL's own CORS headers where it has them."""
    cors = url.settings.get("Cors")
    if cors and api_cors.is_preflight(request):
        return api_cors.preflight(cors, request)._replace(status="200 OK")
    given = _answer(url, request, str(uuid.uuid4()))
    return api_cors.overruled(cors, request, given) if cors else given


def _answer(url: FunctionUrl, request: Request, request_id: str) -> Answer:
    function = functions.find(url.function_arn)
    told = [("x-amzn-RequestId", request_id)]
    if not function or not permission.permits_url(function.policy.statements, "NONE"):
        headers = [("Content-Type", result.JSON), ("x-amzn-ErrorType", "AccessDeniedException")]
        headers.append((calling.REASON, NO_PERMISSION))
        content = json.dumps({"Message": FORBIDDEN + HELP}, separators=(",", ":")).encode()
        return Answer("403 Forbidden", headers + told, content)
    moment = Moment(request_id, clock.now())
    event = payload_2.event(request, moment, _context(url))
    try:
        given = calling.run(url.function_arn, function.timeout, event, NEVER_GIVEN_UP, request_id)
        if given.failed:
            raise result.MalformedError(f"the function failed: {given.error_message}")
        made = result.of_payload_2(given.payload, usual=result.JSON)
    except calling.TooLargeError as error:
        made = _plain("413 Content Too Large", "Request Too Long", error.reason)
    except calling.NotCalledError as error:
        made = _plain("429 Too Many Requests", "Rate Exceeded.", error.reason)
    except result.MalformedError as error:
        made = _plain("502 Bad Gateway", "Internal Server Error", str(error))
    return made._replace(headers=made.headers + told)


def _plain(status: str, content: str, reason: str) -> Answer:
    headers = [("Content-Type", result.JSON), (calling.REASON, result.one_line(reason))]
    return Answer(status, headers, content.encode())


def _context(url: FunctionUrl) -> dict[str, Any]:
    region = url.function_arn.split(":")[3]
    return {
        "accountId": "anonymous",
        "apiId": url.id,
        "domainName": f"{url.id}.lambda-url.{region}.on.aws",
        "domainPrefix": url.id,
        "routeKey": "$default",
        "stage": "$default",
    }
