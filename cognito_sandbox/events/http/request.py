"""An HTTP request on its way to a function, and how its body and its time are written."""

import base64
import re
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from cognito_sandbox import clock
from cognito_sandbox.door import addresses

TEXT = re.compile(r"text/.*|application/((.*\+)?(json|xml)|javascript|graphql)|", re.IGNORECASE)
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """What a client sent; the path is as it came, the names of headers keep their case."""

    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes
    source_ip: str
    protocol: str
    port: str

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """All values of each header, by its name in lower case."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    @cached_property
    def parameters(self) -> Pairs:
        return parse_qsl(self.query, keep_blank_values=True)

    def header(self, name: str) -> str:
        return ",".join(self.by_name.get(name, []))


class Moment(NamedTuple):
    """When a request came, and the names by which it is known."""

    id: str
    seconds: float

    @property
    def epoch(self) -> int:
        return int(self.seconds * 1000)

    @property
    def written(self) -> str:
        return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(self.seconds))


def read(environ: WSGIEnvironment, path: str, body: bytes) -> Request:
    """The request with what a gateway adds to its headers."""
    sent: Pairs = [pair for pair in environ[addresses.SENT] if pair[0].lower() != "connection"]
    address, port = str(environ["REMOTE_ADDR"]), str(environ["SERVER_PORT"])
    added = {
        "X-Amzn-Trace-Id": f"Root=1-{int(clock.now()):08x}-{secrets.token_hex(12)}",
        "X-Forwarded-For": address,
        "X-Forwarded-Port": port,
        "X-Forwarded-Proto": "http",
    }
    known = {name.lower() for name, _ in sent}
    headers = sent + [pair for pair in added.items() if pair[0].lower() not in known]
    query = environ.get("QUERY_STRING", "")
    method, protocol = environ["REQUEST_METHOD"], environ["SERVER_PROTOCOL"]
    return Request(method, path, query, headers, body, address, protocol, port)


def moment() -> Moment:
    """Now, with an identifier such as LV7fzho-PHcEJPw=."""
    return Moment(base64.urlsafe_b64encode(secrets.token_bytes(11)).decode(), clock.now())


def is_text(request: Request) -> bool:
    """Does the body go to the function as it is, rather than in base64?"""
    kind = request.header("content-type").partition(";")[0].strip()
    if not TEXT.fullmatch(kind):
        return False
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return False
    return True


def body_text(request: Request, is_text: bool) -> str:
    return (
        request.body.decode("utf-8", "replace")
        if is_text
        else base64.b64encode(request.body).decode()
    )
