"""The sandbox's runtime beside AWS's own runtime client for Python, on the same handlers."""

import json
import os
import re
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from harness import Aws

pytest.importorskip("awslambdaric", reason="AWS's runtime client is for Linux only")

REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
HANDLERS = {
    "returns": "def handler(event, context):\n    return {'got': event, 'ünï': 1.5}\n",
    "logs": """
import logging
log = logging.getLogger()
log.setLevel("DEBUG")
log.info("in init")
def handler(event, context):
    log.debug("debug %s", 1)
    log.warning("two\\nlines")
    logging.getLogger("other").error("from another")
    try:
        {}["missing"]
    except KeyError:
        log.exception("caught")
""",
    "raises": """
def inner():
    raise ValueError("with: colon")
def handler(event, context):
    inner()
""",
    "raises without text": "def handler(event, context):\n    raise RuntimeError()\n",
    "raises from": """
def handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise LookupError("outer") from error
""",
    "returns a set": "def handler(event, context):\n    return {1}\n",
    "import error": "import nowhere\n",
    "no handler": "other = 1\n",
    "syntax error": "def handler(:\n",
    "error in init": "raise OSError('no disk')\n",
}
JSON_LOGS = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}


class RuntimeApi(BaseHTTPRequestHandler):
    """Lambda's side of the runtime interface: one event, then what came of it."""

    event: ClassVar[bytes]
    outcome: ClassVar[dict[str, Any]]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if "kind" in self.outcome:
            threading.Event().wait()  # no second event; the process is ended instead
        self.send_response(200)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(self.event)),
            "Lambda-Runtime-Aws-Request-Id": REQUEST_ID,
            "Lambda-Runtime-Deadline-Ms": "9999999999999",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:1:function:f",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.outcome.update(kind=self.path.rsplit("/", 1)[1], body=json.loads(body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.outcome["done"].set()


def by_aws(source: str, event: Any, directory: Path, more: dict[str, str]) -> tuple[Any, list[str]]:
    """What AWS's runtime client answers, and the frames it logs."""
    (directory / "index.py").write_text(source)
    outcome: dict[str, Any] = {"done": threading.Event()}
    api = type("Api", (RuntimeApi,), {"event": json.dumps(event).encode(), "outcome": outcome})
    server = ThreadingHTTPServer(("127.0.0.1", 0), api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log, their_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", "index.handler"],
        cwd=directory,
        env={
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "_LAMBDA_TELEMETRY_LOG_FD": str(their_end),
            "PYTHONPATH": str(directory),
            "TZ": ":UTC",
        }
        | more,
        pass_fds=[their_end],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    os.close(their_end)
    assert outcome["done"].wait(20), process.communicate()
    process.kill()
    process.communicate()
    server.shutdown()
    with os.fdopen(log, "rb") as stream:
        return outcome["body"], list(frames(stream.read()))


def frames(data: bytes) -> Any:
    while data:
        _, size, _ = struct.unpack_from(">IIQ", data)
        yield data[16 : 16 + size].decode()
        data = data[16 + size :]


def settle(text: str, directory: Path) -> str:
    """Leave out what differs between any two runs: times, request ids, where the code lies."""
    text = text.replace(str(directory), "/var/task")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "<time>", text)


def is_platforms(line: str) -> bool:
    platform = ("INIT_START", "INIT_REPORT", "START ", "END ", "REPORT ", '{"time"')
    return line.startswith(platform)


@pytest.mark.parametrize("form", ["text", "JSON"])
@pytest.mark.parametrize("name", HANDLERS)
def test_answers_and_log_lines_are_the_same(aws: Aws, tmp_path: Path, name: str, form: str) -> None:
    source, event = HANDLERS[name], {"a": [1, None, "ü"]}
    theirs, their_log = by_aws(source, event, tmp_path, JSON_LOGS if form == "JSON" else {})
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"} if form == "JSON" else {}
    function = aws.function(source, LoggingConfig=config)
    ours = function.result(event)
    assert settle(json.dumps(ours), tmp_path) == settle(json.dumps(theirs), tmp_path)
    our_log = [line for line in function.log() if not is_platforms(line)]
    assert [settle(x, tmp_path) for x in our_log] == [settle(x, tmp_path) for x in their_log]


def test_the_context_has_the_same_face(aws: Aws, tmp_path: Path) -> None:
    source = (
        "def handler(event, context):\n"
        "    return sorted(n for n in dir(context) if not n.startswith('_'))\n"
    )
    theirs, _ = by_aws(source, {}, tmp_path, {})
    assert set(theirs) - {"w3c"} == set(aws.function(source).result({}))
