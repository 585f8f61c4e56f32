"""Which requests are for an API or a function URL: by the host's name, or by the path.

AWS's own names are taken as well. They lead nowhere else, and no page of a stranger's has one.
"""

import re
from typing import Literal, NamedTuple
from wsgiref.types import WSGIEnvironment

Kind = Literal["execute-api", "lambda-url"]
ID = r"(?P<id>[a-z0-9]+)"
HOSTS = (
    rf"{ID}\.(?P<kind>execute-api|lambda-url)(\.[a-z0-9-]+)?\.localhost",
    rf"{ID}\.(?P<kind>execute-api)\.[a-z0-9-]+\.amazonaws\.com",
    rf"{ID}\.(?P<kind>lambda-url)\.[a-z0-9-]+\.on\.aws",
)
BY_HOST = re.compile("|".join(re.sub(r"\?P<(\w+)>", "", each) for each in HOSTS))
PARTS = re.compile(rf"{ID}\.(?P<kind>execute-api|lambda-url)\.")
BY_PATH = re.compile(rf"/_aws/(?P<kind>execute-api|lambda-url)/{ID}(?P<rest>/.*)?", re.DOTALL)
OLD_PATH = re.compile(rf"/restapis/{ID}/(?P<stage>[^/]+)/_user_request_(?P<rest>/.*)?", re.DOTALL)
SENT = "cognito_sandbox.headers"  # in the environ: the headers' names and values, as they came
_endpoint = ""


class Address(NamedTuple):
    """An API or a function URL, and what is asked of it, as it was sent."""

    kind: Kind
    id: str
    path: str


def by_host(host: str) -> tuple[Kind, str] | None:
    """The kind and the identifier that a Host header names."""
    name = host.rsplit(":", 1)[0]
    parts = PARTS.match(name) if BY_HOST.fullmatch(name) else None
    if not parts:
        return None
    return ("execute-api" if parts["kind"] == "execute-api" else "lambda-url"), parts["id"]


def of(environ: WSGIEnvironment) -> Address | None:
    """Whose request this is, if it is for an API or a function URL."""
    path: str = environ["REQUEST_URI"].partition("?")[0]
    named = by_host(environ.get("HTTP_HOST", ""))
    if named:
        return Address(*named, path or "/")
    found = BY_PATH.fullmatch(path)
    if found:
        kind: Kind = "execute-api" if found["kind"] == "execute-api" else "lambda-url"
        return Address(kind, found["id"], found["rest"] or "/")
    old = OLD_PATH.fullmatch(path)
    if not old:
        return None
    stage = "" if old["stage"] == "$default" else f"/{old['stage']}"
    return Address("execute-api", old["id"], stage + (old["rest"] or "/"))


def open_at(endpoint: str) -> None:
    """From now on, `url` leads here."""
    global _endpoint
    _endpoint = endpoint


def url(kind: Kind, identifier: str) -> str:
    """By path: not every client can resolve names below localhost."""
    return f"{_endpoint}/_aws/{kind}/{identifier}"
