"""HTTP connections that stay open for the next request: werkzeug's server closes each."""

from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

NO_BODY = (204, 304)


class Handler(MotoRequestHandler):  # type: ignore[misc]
    """Answers requests as long as the client sends them; the application reads each whole."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300  # seconds that an idle connection is kept

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        started: list[Any] = []

        def start_response(*status_and_headers: Any) -> None:
            started[:] = status_and_headers

        content = b"".join(self.server.app(self.make_environ(), start_response))
        status, headers = started[0], started[1]
        self._send(int(status.split()[0]), status.partition(" ")[2], headers, content)

    def _send(self, code: int, reason: str, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(code, reason)
        for name, value in headers:
            self.send_header(name, value)
        if code not in NO_BODY and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and code not in NO_BODY:
            self.wfile.write(content)

    def log(self, *_: object) -> None:
        """Requests are no news."""
