"""The sandbox's own pages: mail that was sent, what functions did, its health and time."""

import json
import sys
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from cognito_sandbox import clock, mailbox
from cognito_sandbox.door import bodies
from cognito_sandbox.door.refusals import Answer, RefusedError
from cognito_sandbox.iam import calls
from cognito_sandbox.lambdas import runs
from cognito_sandbox.store import functions

PREFIX = "/_sandbox/"
LARGEST_WISH = 1000
HEALTH = f"{PREFIX}health"


def answer(environ: WSGIEnvironment, status: str) -> Answer:
    path = environ["PATH_INFO"].removeprefix(PREFIX)
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if path == "mail":
        filters = {name: query[name] for name in mailbox.FILTERS & query.keys()}
        return json_answer(mailbox.messages(**filters))
    if path == "health":
        return json_answer({"status": status, "clock": clock.state()})
    if path == "calls":
        return json_answer(calls.made(query.get("function")))
    if path == "clock":
        return _clock(environ)
    if path == "runs":
        return json_answer(runs.made(query.get("function")))
    if path == "load" and environ["REQUEST_METHOD"] == "POST":
        return _load(environ)
    raise RefusedError("404 Not Found", "NotFound", f"There is no {PREFIX}{path}.")


def _clock(environ: WSGIEnvironment) -> Answer:
    """Show the time; a POST moves it ({"forward": seconds}) or hurries waits ({"speed": times})."""
    if environ["REQUEST_METHOD"] == "POST":
        wanted = _wish(environ)
        unknown = wanted.keys() - {"forward", "speed"}
        if unknown:
            raise _invalid(f"The clock takes forward and speed, not {min(unknown)}.")
        try:
            speed = float(wanted.get("speed", clock.speed()))
            clock.change(float(wanted.get("forward", 0)), speed)
        except (ValueError, TypeError) as error:
            raise _invalid(str(error)) from None
        print(f"Asked for {wanted}, the clock says {clock.state()}.", file=sys.stderr)
    return json_answer(clock.state())


def _load(environ: WSGIEnvironment) -> Answer:
    """Load a function's code before its first event; the answer is empty, or says what failed."""
    arn = str(_wish(environ).get("function"))
    function = functions.find(arn) if arn.count(":") >= 6 else None
    if not function:
        raise _invalid(f'There is no function "{arn}".')
    failed = function.load()
    if not failed:
        return json_answer({})
    message = f"{failed.error}: {failed.error_message}"
    return json_answer({"message": message, "traceback": failed.traceback})


def _wish(environ: WSGIEnvironment) -> dict[str, Any]:
    try:
        return dict(json.loads(bodies.read(environ, LARGEST_WISH)))
    except (bodies.TooLargeError, bodies.BrokenError, ValueError, TypeError) as error:
        raise _invalid(str(error)) from None


def _invalid(message: str) -> RefusedError:
    return RefusedError("400 Bad Request", "ValidationException", message)


def json_answer(value: object) -> Answer:
    return Answer("200 OK", [("Content-Type", "application/json")], json.dumps(value).encode())
