"""With tempting credentials all around, the sandbox sends nothing out, and reads none of them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

PROJECT = Path(__file__).parents[2]
AUDIT = Path(__file__).parent / "audit"
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIexample\n"
FILES = {
    ".aws/credentials": f"[default]\n{KEYS}[work]\n{KEYS}",
    ".aws/config": "[default]\nregion = eu-west-1\nsso_start_url = https://example.awsapps.com\n",
    ".aws/sso/cache/token.json": '{"accessToken": "example"}',
    ".netrc": "default login ann password example\n",
    ".boto": "[Credentials]\n",
}
LOOPBACK = re.compile(r"\(?\('(127\.0\.0\.1|localhost|::1|0\.0\.0\.0)',|\('', |'?/|b?'|None")
SEEN: list[str] = []


class Metadata(BaseHTTPRequestHandler):
    """Stands for the instance's metadata: nobody may ask it."""

    def do_GET(self) -> None:
        SEEN.append(self.path)
        self.send_error(404)

    do_PUT = do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def metadata() -> Iterator[str]:
    SEEN.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def tempting(home: Path, metadata: str) -> dict[str, str]:
    """The environment of a reader who has credentials everywhere."""
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return os.environ | {
        "HOME": str(home),
        "PYTHON_AUDIT_LOG": str(home.parent / "audit.log"),
        "PYTHONPATH": str(AUDIT),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIexample",
        "AWS_SESSION_TOKEN": "example",
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": metadata,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{metadata}/container",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata,
        "HTTP_PROXY": metadata,
        "HTTPS_PROXY": metadata,
        "CLOUD_TARGET": "sandbox",
    }


def audited(home: Path, metadata: str, *command: str) -> list[list[str]]:
    """What the command and its processes noted: event and object."""
    environment = tempting(home, metadata)
    done = subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = Path(environment["PYTHON_AUDIT_LOG"]).read_text("utf-8").splitlines()
    return [line.split("\t", 1) for line in lines]


def test_a_notebook_stays_on_this_machine(tmp_path: Path, metadata: str) -> None:
    """Kernel and server are audited here; the functions' processes, below."""
    noted = audited(
        tmp_path / "home", metadata, "-m", "pytest", "--nbval", "notebooks/03_activity_log.ipynb"
    )
    started = [told for event, told in noted if event == "start"]
    for program in ("ipykernel_launcher", "cognito_sandbox"):
        assert any(program in told for told in started), started
    network = [told for event, told in noted if event.startswith("socket")]
    assert len(network) > 10, "the audit saw too little to prove anything"
    assert [told for told in network if not LOOPBACK.match(told)] == []
    opened = [told for event, told in noted if event == "open"]
    assert [told for told in opened if any(name in told for name in FILES)] == []
    assert SEEN == []


SPYING = """
import os, sys
seen = []
def note(event, values):
    if event in ("socket.connect", "socket.getaddrinfo", "open"):
        seen.append([event, repr(values[0] if event == "open" else values[-1])])
sys.addaudithook(note)
import boto3

def handler(event, context):
    key = {"UserEmail": {"S": "ann@example.com"}}  # what the function's role allows
    boto3.client("dynamodb").get_item(TableName=os.environ["TABLE_NAME"], Key=key)
    boto3.client("sts").get_caller_identity()
    return {"seen": seen, "environment": dict(os.environ)}
"""
INVOKING = """
import json, sys
from helpers import cloud, experiments, stack
from helpers.invoking import invoke
function = stack.deploy()["AutoConfirmFunction"]
experiments.replace("auto_confirm", sys.stdin.read())
print(json.dumps(invoke(function, {}).returned))
"""


def test_a_function_reads_nothing_of_the_readers(tmp_path: Path, metadata: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INVOKING],
        cwd=PROJECT,
        env=tempting(tmp_path / "home", metadata),
        input=SPYING,
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    )
    told = json.loads(done.stdout)
    connects = [where for event, where in told["seen"] if event == "socket.connect"]
    assert len(connects) >= 2
    assert [where for where in connects if not LOOPBACK.match(where)] == []
    assert str(tmp_path) not in json.dumps(told)
    assert "EXAMPLE" not in json.dumps(told)
    assert SEEN == []


UP = """
import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: lo is up
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def test_a_notebook_needs_no_network() -> None:
    """In a network of its own without a route, but for loopback; the kernel's sockets, too."""
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"]).returncode:
        pytest.skip("this machine lets nobody make a network of one's own")
    notebook = ["-m", "pytest", "--nbval", "notebooks/02_migrate_user.ipynb"]
    done = subprocess.run(
        [*alone, sys.executable, "-c", UP, *notebook], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_audit_sees_what_it_is_for(tmp_path: Path, metadata: str) -> None:
    code = (
        "import os, socket\nopen(os.path.expanduser('~/.aws/credentials')).close()\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\n"
    )
    noted = audited(tmp_path / "home", metadata, "-c", code)
    assert any(told.endswith(".aws/credentials") for event, told in noted if event == "open")
    network = [told for event, told in noted if event == "socket.connect"]
    assert [told for told in network if not LOOPBACK.match(told)] == ["('192.0.2.1', 9)"]
