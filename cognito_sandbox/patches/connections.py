"""HTTP connections that stay open for the next request: werkzeug's server closes each.

Saves a third of a call's time.
"""

import io
import socket
import time
from collections.abc import Callable
from typing import Any, cast
from wsgiref.types import WSGIEnvironment

from moto.moto_server.werkzeug_app import MotoRequestHandler

from cognito_sandbox.door import addresses, peers
from cognito_sandbox.door.admission import STRANGER

NEEDS = (
    "moto.moto_server.werkzeug_app:MotoRequestHandler.make_environ",
    "moto.moto_server.werkzeug_app:MotoRequestHandler.run_wsgi",
)
NO_BODY = (204, 304)
LINGER_SECONDS = 5
PIECE = 1 << 16


class Expected(io.RawIOBase):
    """A body that its client holds back until somebody wants to read it."""

    def __init__(self, body: Any, tell: Callable[[], object]) -> None:
        self._body, self._tell = body, tell

    def read(self, size: int = -1) -> bytes:
        self._tell()
        self._tell = lambda: None
        return cast(bytes, self._body.read(size))


class Handler(MotoRequestHandler):
    """Answers requests as long as the client sends them, and the application reads each whole."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300  # seconds that an idle connection is kept

    def setup(self) -> None:
        super().setup()
        self._stranger = not peers.may_connect(self.client_address, self.request.getsockname())

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        environ[STRANGER] = self._stranger
        environ[addresses.SENT] = self.headers.items()
        if self.headers.get("Expect", "").lower() == "100-continue":
            environ["wsgi.input"] = Expected(environ["wsgi.input"], self._continue)
        unread = environ["wsgi.input"]
        started: list[Any] = []

        def start_response(*status_and_headers: object) -> None:
            started[:] = status_and_headers

        content = b"".join(self.server.app(environ, start_response))
        status, headers = started[0], started[1]
        if _has_body(environ) and environ["wsgi.input"] is unread:  # its rest is no next request
            headers = [*headers, ("Connection", "close")]
        self._send(int(status.split()[0]), status.partition(" ")[2], headers, content)
        if self.close_connection:
            self._linger()

    def _continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _send(self, code: int, reason: str, headers: list[tuple[str, str]], content: bytes) -> None:
        """Head and body in one write: some clients lose answers that come in two."""
        self.send_response(code, reason)
        for name, value in headers:
            self.send_header(name, value)
        if code not in NO_BODY and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(content)))
        silent = self.command == "HEAD" or code in NO_BODY
        self._headers_buffer += [b"\r\n", b"" if silent else content]
        self.flush_headers()

    def _linger(self) -> None:
        """A client that is still sending would lose the answer with the connection."""
        deadline = time.monotonic() + LINGER_SECONDS
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            while time.monotonic() < deadline and self.rfile.read1(PIECE):
                pass
        except OSError:
            return

    def log_request(self, *_: object) -> None:
        """Requests are no news, and a line of log would be put together for each."""

    def log(self, *_: object) -> None:
        """Nor is what clients do wrong."""


def _has_body(environ: WSGIEnvironment) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    return length != "0" or bool(environ.get("wsgi.input_terminated"))
