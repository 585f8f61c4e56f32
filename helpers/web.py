"""Plain HTTP, as any client sends it: to an API of yours, or to a function's URL.

>>> call("GET", f"{api}/", tokens.identity)
"""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, responses
from typing import Any
from urllib.parse import urlsplit

from helpers import cloud
from helpers._inner import calls
from helpers.errors import AnswerError, NotConnectedError

__all__ = ["Answer", "call"]

SECONDS = 30  # as long as API Gateway waits for a function
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is JSON read, or text, and `why` what a refusal says in its head."""

    status: int
    body: Any
    why: str = ""

    def __repr__(self) -> str:
        named = f"{self.status} {responses.get(self.status, '')}".rstrip()
        said = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return "\n".join(filter(None, [f"{named}  {said}".rstrip(), self.why]))


def call(method: str, address: str, token: str | None = None, body: Any = None) -> Answer:
    """Send a request, with a token for who has one, and a body in JSON.

    >>> call("GET", f"{api}/").status
    401
    """
    given = {"Authorization": f"Bearer {token}"} if token else {}
    sent = None if body is None else json.dumps(body).encode()
    if urlsplit(address).scheme not in ("http", "https"):
        raise AnswerError(f'"{address}" is no address: it should begin with https://')
    request = urllib.request.Request(address, sent, given | JSON, method=method)
    started = time.time()
    try:
        answer = _answer(request)
    except ValueError:
        raise AnswerError(
            "A token is one line, without blanks. Was this one copied whole?"
        ) from None
    except (OSError, HTTPException) as error:
        told = getattr(error, "reason", error)
        raise NotConnectedError(
            f"Nothing answers at {urlsplit(address).netloc} ({told}). Is the stack there, and "
            "does its sandbox still run? stack.deploy() makes both anew."
        ) from None
    _tell(method, address, started, answer)
    return answer


def _answer(request: urllib.request.Request) -> Answer:
    try:
        with _opener().open(request, timeout=SECONDS) as answer:
            return Answer(answer.status, _read(answer.read()))
    except urllib.error.HTTPError as refused:
        return Answer(
            refused.code, _read(refused.read()), refused.headers["www-authenticate"] or ""
        )


def _opener() -> urllib.request.OpenerDirector:
    """No proxy stands between you and the sandbox."""
    direct = [urllib.request.ProxyHandler({})] if cloud.current().is_sandbox else []
    return urllib.request.build_opener(*direct)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")


def _tell(method: str, address: str, started: float, answer: Answer) -> None:
    """A story shows it as it shows AWS's own calls, without the query: a token may be in it."""
    what, came_to = f"{method} /{urlsplit(address).path.rpartition('/')[2]}", str(answer.status)
    refused = came_to if answer.status >= 400 else None
    calls.tell(calls.Call("API", what, started, time.time(), refused))
