"""Where requests to APIs and function URLs come in. They need no key, as in AWS."""

from wsgiref.types import WSGIEnvironment

from cognito_sandbox.door import bodies
from cognito_sandbox.door.addresses import Address
from cognito_sandbox.door.limits import MB
from cognito_sandbox.door.refusals import Answer
from cognito_sandbox.events.http import apis, function_urls, http_api, rest_api
from cognito_sandbox.events.http import request as requests
from cognito_sandbox.store import rest_apis

LARGEST = 10 * MB
FORBIDDEN = "403 Forbidden", "Forbidden"
BROKEN = "400 Bad Request", "Bad Request"


def answer(address: Address, environ: WSGIEnvironment) -> Answer:
    """What the API or the function behind the address answers."""
    try:
        body = bodies.read(environ, LARGEST)
    except bodies.TooLargeError:
        return http_api.refusal(http_api.TOO_LARGE)
    except bodies.BrokenError as error:
        return http_api.refusal(BROKEN, str(error))
    request = requests.read(environ, address.path, body)
    url = function_urls.find(address.id) if address.kind == "lambda-url" else None
    if url:
        return function_urls.answer(url, request)
    api = apis.find(address.id) if address.kind == "execute-api" else None
    if api:
        return http_api.answer(api, request)
    rest = rest_apis.find(address.id) if address.kind == "execute-api" else None
    if rest:
        return rest_api.answer(rest, request)
    return http_api.refusal(FORBIDDEN, f"The sandbox has no {address.kind} {address.id}.")
