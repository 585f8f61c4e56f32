"""Who may reach the sandbox, and what functions may see of the reader's machine."""

import http.client
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness import Aws

from cognito_sandbox import Sandbox

FOLDERS = [str(folder) for folder in Path(__file__).parents[:2]]  # this one and the harness's
SPY = """
import json, os, pathlib
def handler(event, context):
    at_start = pathlib.Path("/proc/self/environ")
    home = os.path.expanduser("~")
    return {
        "environment": dict(os.environ),
        "at start": at_start.read_text() if at_start.exists() else "",
        "files": os.listdir(home),
    }
"""


def ask(aws: Aws, path: str = "/_sandbox/health", **headers: str) -> int:
    """The status that a request with these headers gets."""
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in ({"Authorization": f"Bearer {aws.access_key}"} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse().status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:1", "bucket.localhost:80"])
def test_requests_to_this_machine_are_answered(aws: Aws, host: str) -> None:
    assert ask(aws, Host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", ""],
)
@pytest.mark.parametrize("path", ["/_sandbox/mail", "/_sandbox/health", "/", "/moto-api/"])
def test_requests_to_another_name_are_refused(aws: Aws, host: str, path: str) -> None:
    assert ask(aws, path, Host=host) == 403


def test_a_request_without_host_is_refused(aws: Aws) -> None:
    assert ask(aws) == 403


def test_a_page_from_elsewhere_may_not_ask(aws: Aws) -> None:
    assert ask(aws, Host="127.0.0.1", Origin="https://evil.example") == 403
    assert ask(aws, Host="127.0.0.1", Origin="null") == 403
    assert ask(aws, Host="127.0.0.1", Origin="http://localhost:8888") == 200


def test_it_listens_on_loopback_only(aws: Aws) -> None:
    port = urlsplit(aws.endpoint).port
    for family, *_, address in socket.getaddrinfo(socket.gethostname(), port):
        if not str(address[0]).startswith(("127.", "::1")):
            with socket.socket(family) as probe:
                probe.settimeout(1)
                assert probe.connect_ex(address[:2]) != 0


@pytest.fixture
def tempting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with AWS credentials, and an environment with more of them."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text("[default]\naws_access_key_id=AKIAREAL\n")
    (folder / "config").write_text("[default]\nregion=eu-north-1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "MY_SECRET"):
        monkeypatch.setenv(name, "REAL-VALUE")
    return tmp_path


def test_functions_see_nothing_of_the_readers_environment(tempting: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from harness import Aws\n"
        "from cognito_sandbox import Sandbox\n"
        "from test_security import SPY\n"
        "import json\n"
        "with Sandbox() as sandbox:\n"
        "    print(json.dumps(Aws(sandbox.endpoint, sandbox.access_key).function(SPY).result()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *FOLDERS], capture_output=True, text=True)
    seen = json.loads(done.stdout)
    assert "REAL" not in done.stdout
    assert str(tempting) not in done.stdout
    assert seen["environment"]["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert seen["environment"]["AWS_DEFAULT_REGION"] == "us-east-1"
    assert ".aws" not in seen["files"]


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_the_server_run_by_hand_gives_functions_nothing_either(tempting: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cognito_sandbox"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        endpoint = process.stdout.readline().removeprefix("Sandbox ready at ").strip()
        assert "REAL" not in json.dumps(Aws(endpoint).function(SPY).result())
    finally:
        process.terminate()
        process.communicate()


def test_worker_directories_are_private_and_removed() -> None:
    with Sandbox() as sandbox:
        function = Aws(sandbox.endpoint, sandbox.access_key).function(
            "import os\ndef handler(event, context):\n    return os.getcwd()\n"
        )
        directory = Path(function.result()).parents[1]
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert directory.stat().st_uid == os.getuid()
    assert not directory.exists()


def test_the_sandbox_needs_no_network(tempting: Path) -> None:
    """In a network of its own, with nothing but loopback, everything still works."""
    code = (
        "import subprocess, sys\n"
        "sys.path[:0] = sys.argv[1:]\n"
        "from harness import Aws\n"
        "from cognito_sandbox import Sandbox\n"
        "with Sandbox() as sandbox:\n"
        "    aws = Aws(sandbox.endpoint, sandbox.access_key)\n"
        "    print(aws.pool({'PreSignUp': aws.echo()}).sign_up()['UserConfirmed'])\n"
    )
    alone = [
        "unshare",
        "--net",
        "--map-root-user",
        "sh",
        "-c",
        'ip link set lo up && exec "$@"',
        "-",
    ]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this machine cannot make a network namespace")
    done = subprocess.run(
        [*alone, sys.executable, "-c", code, *FOLDERS],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n", done.stderr
