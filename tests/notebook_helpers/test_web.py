"""Plain HTTP: what came back, what a refusal says, and what a story hears of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from helpers import cloud, web
from helpers.errors import AnswerError, NotConnectedError
from helpers.trace import trace


class Echo(BaseHTTPRequestHandler):
    """Sends back what it was sent, in words."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"token": "%s", ' % self.headers["Authorization"].encode())
        self.wfile.write(b'"body": %s}' % body)

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("www-authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(b"no JSON")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(place: cloud.Cloud) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_token_and_body_arrive_and_json_is_read(address: str) -> None:
    answer = web.call("PUT", f"{address}/1", "a-token", {"text": "Hello"})
    assert answer == web.Answer(200, {"token": "Bearer a-token", "body": {"text": "Hello"}})
    assert repr(web.Answer(200, [])) == "200 OK  []"
    assert repr(web.Answer(299, [])) == "299  []"


def test_a_refusal_is_an_answer_and_says_why(address: str) -> None:
    answer = web.call("GET", f"{address}/")
    assert answer == web.Answer(401, "no JSON", "Bearer")
    assert repr(answer) == "401 Unauthorized  no JSON\nBearer"


def test_a_story_hears_the_call_and_not_what_was_sent(address: str) -> None:
    with trace() as story:
        web.call("PUT", f"{address}/1?token=a-token", "a-token", {"text": "a secret"})
        web.call("GET", f"{address}/")
    told = repr(story)
    assert "You → API: PUT /1" in told
    assert "API → You: 401" in told
    assert "a-token" not in told
    assert "a secret" not in told


def test_nobody_is_there(place: cloud.Cloud) -> None:
    with pytest.raises(NotConnectedError, match=r"Nothing answers at 127\.0\.0\.1:9 \(.*refused"):
        web.call("GET", "http://127.0.0.1:9/")


@pytest.mark.parametrize("address", ["", "api.example.com/1", "None/1"])
def test_what_is_no_address(place: cloud.Cloud, address: str) -> None:
    with pytest.raises(AnswerError, match="is no address"):
        web.call("GET", address)


def test_a_token_that_is_none(address: str) -> None:
    with pytest.raises(AnswerError, match="A token is one line"):
        web.call("GET", address, "two\nlines")
