"""Browsers: pages from this machine may ask, and read the headers that AWS lets them read."""

from wsgiref.types import WSGIEnvironment

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ALLOWED = (
    "*, Authorization, Date, X-Amz-Date, X-Amz-Security-Token, X-Amz-Target, Content-Type, "
    "X-Amz-Content-Sha256, X-Amz-User-Agent, X-Amzn-Platform-Id, X-Amzn-Trace-Id"
)
EXPOSED = (
    "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, Date, "
    "x-amz-executed-version, x-amz-function-error, x-amz-log-result"
)
TWO_DAYS = "172800"
Headers = list[tuple[str, str]]


def is_local(host: str) -> bool:
    """A page that has its own name point to 127.0.0.1 (DNS rebinding) still sends that name."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name in ("127.0.0.1", "localhost", "[::1]") or name.endswith(".localhost")


def may_ask(origin: str | None) -> bool:
    """Is this no page at all, or one of this machine's?"""
    return origin is None or is_local(origin.partition("://")[2])


def is_page(environ: WSGIEnvironment) -> bool:
    return "HTTP_ORIGIN" in environ


def headers(environ: WSGIEnvironment) -> Headers:
    """What every answer to a page carries."""
    origin = environ["HTTP_ORIGIN"]
    if not may_ask(origin):
        return []
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", EXPOSED),
        ("Vary", "Origin"),
    ]


def is_preflight(environ: WSGIEnvironment) -> bool:
    """Does a browser ask whether it may ask?"""
    asked = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return bool(environ["REQUEST_METHOD"] == "OPTIONS" and asked)


def permission() -> Headers:
    """The answer to that, besides the headers of every answer."""
    return [
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", ALLOWED),
        ("Access-Control-Max-Age", TWO_DAYS),
    ]
