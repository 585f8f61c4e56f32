"""Connecting: where the helpers work, what stands in the way, and consent."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from harness import eventually

from cognito_sandbox import Sandbox

CONNECT = "from helpers import cloud\nprint(cloud.connect())\n"
CREATE = (
    CONNECT + "cloud.client('cognito-idp').create_user_pool(PoolName='any')\nprint('created')\n"
)
READ = CONNECT + "cloud.client('cognito-idp').list_user_pools(MaxResults=1)\nprint('read')\n"
ACCOUNT = {
    "CLOUD_TARGET": "aws",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_MAX_ATTEMPTS": "1",
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Sandbox]:
    """A sandbox that plays the account."""
    with Sandbox() as sandbox:
        yield sandbox


def at(stand_in: Sandbox) -> dict[str, str]:
    """What an environment needs to be in the account that this sandbox plays."""
    return ACCOUNT | {
        "AWS_ENDPOINT_URL": stand_in.endpoint,
        "AWS_ACCESS_KEY_ID": stand_in.access_key,
        "AWS_SECRET_ACCESS_KEY": stand_in.secret_key,
    }


def run(code: str, home: Path, **environment: str) -> tuple[str, str]:
    """Run it in a process of its own; what it printed, and the last line of its errors."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "CLOUD_TARGET": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=clean | nothing | environment,
    )
    return done.stdout, (done.stderr.strip().splitlines() or [""])[-1]


def test_the_sandbox_by_default(tmp_path: Path) -> None:
    printed, _ = run(READ, tmp_path)
    assert printed == (
        "Sandbox: an AWS on this machine. Nothing leaves it, and nothing costs anything.\nread\n"
    )


def test_it_is_started_in_the_background(tmp_path: Path) -> None:
    code = (
        "import time\nfrom helpers import cloud\nstart = time.perf_counter()\ncloud.connect()\n"
        "print(time.perf_counter() - start)\n"
    )
    printed, _ = run(code, tmp_path)
    assert float(printed) < 0.15


def test_the_sandbox_needs_nothing_of_the_readers_configuration(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("this is not a configuration file")
    printed, errors = run(
        READ,
        tmp_path,
        AWS_PROFILE="no-such-profile",
        AWS_CA_BUNDLE="/no/such/file",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER="http://127.0.0.1:9",
        AWS_RETRY_MODE="nonsense",
        HTTP_PROXY="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
    )
    assert printed.endswith("read\n"), errors


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"CLOUD_TARGET": "moon"}, 'There is no target "moon". Use "sandbox" or "aws".'),
        ({"CLOUD_TARGET": "aws"}, "No AWS credentials were found. Set them up with: aws configure"),
        (ACCOUNT | {"AWS_DEFAULT_REGION": ""}, "No AWS region is chosen. Choose one with: aws con"),
        (ACCOUNT | {"AWS_PROFILE": "missing"}, "The config profile (missing) could not be found."),
        (ACCOUNT | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS cannot be reached ("),
    ],
)
def test_what_stands_in_the_way_is_one_clear_message(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    given = {name: value for name, value in environment.items() if value}
    printed, error = run(CONNECT, tmp_path, **given)
    assert printed == ""
    assert error.startswith(f"helpers.errors.NotConnectedError: {told}")


def test_an_account_is_shown_and_can_be_read(tmp_path: Path, stand_in: Sandbox) -> None:
    printed, error = run(READ, tmp_path, **at(stand_in))
    assert printed.startswith("AWS account 123456789012, region us-east-1, as "), error
    assert printed.endswith("read\n")


@pytest.mark.parametrize(
    ("consent", "created"),
    [
        ("", False),
        ("123456789012/us-east-1", True),
        ("123456789012/eu-west-1", False),
        ("999999999999/us-east-1", False),
        ("yes", False),
    ],
)
def test_nothing_is_created_without_consent_for_this_very_place(
    tmp_path: Path, consent: str, created: bool, stand_in: Sandbox
) -> None:
    environment = at(stand_in) | {"CLOUD_CONSENT": consent}
    printed, error = run(CREATE, tmp_path, **environment)
    assert printed.endswith("created\n") is created
    if not created:
        assert "ConsentNeededError: CreateUserPool would change AWS account" in error
        assert "CLOUD_CONSENT=123456789012/us-east-1" in error


def test_consent_can_be_given_by_hand_and_must_name_the_place(
    tmp_path: Path, stand_in: Sandbox
) -> None:
    code = CONNECT + (
        "try:\n"
        "    cloud.current().consent.agree('123456789012/eu-west-1')\n"
        "except Exception as error:\n"
        "    print(error)\n"
        "cloud.current().consent.agree('123456789012/us-east-1')\n"
        "cloud.client('cognito-idp').create_user_pool(PoolName='any')\n"
        "print('created')\n"
    )
    printed, error = run(code, tmp_path, **at(stand_in))
    assert printed.endswith("created\n"), error
    assert "This is 123456789012/us-east-1, not 123456789012/eu-west-1." in printed


def test_the_sandbox_ends_with_the_program(tmp_path: Path) -> None:
    code = READ + "print(cloud.current()._sandbox._process.pid)\n"
    printed, _ = run(code, tmp_path)
    pid = int(printed.split()[-1])
    assert eventually(lambda: gone(pid))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_connecting_again_stays_where_it_is(tmp_path: Path) -> None:
    code = (
        "from helpers import cloud\n"
        "first = cloud.connect()\n"
        "print(cloud.connect() is first, cloud.connect('sandbox') is first)\n"
        "try:\n    cloud.connect('sandbox', region='eu-west-1')\n"
        "except Exception as error:\n    print(error)\n"
        "print(cloud.current() is first)\n"
    )
    printed, _ = run(code, tmp_path)
    assert printed == "True True\nThe sandbox is in us-east-1 and has no profiles.\nTrue\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("asw", 'There is no target "asw". Use "sandbox" or "aws".'),
        ("aws", 'CLOUD_TARGET says "aws" now, but you are connected already, to the sandbox.'),
    ],
)
def test_a_variable_that_is_changed_too_late_is_told(tmp_path: Path, said: str, told: str) -> None:
    code = CONNECT + f"import os\nos.environ['CLOUD_TARGET'] = '{said}'\ncloud.connect()\n"
    _, error = run(code, tmp_path)
    assert error.startswith(f"helpers.errors.NotConnectedError: {told}")


def test_a_place_that_was_named_stays_whatever_the_variable_says(tmp_path: Path) -> None:
    code = "from helpers import cloud\nprint(cloud.connect('sandbox') is cloud.connect())\n"
    printed, error = run(code, tmp_path, CLOUD_TARGET="aws")
    assert printed == "True\n", error


def test_a_service_that_there_is_not_is_told(tmp_path: Path) -> None:
    _, error = run(CONNECT + "cloud.client('cognito')\n", tmp_path)
    told = "did you mean cognito-identity or cognito-idp or cognito-sync?"
    assert error == f'helpers.errors.AnswerError: boto3 has no service "cognito": {told}'


def test_a_sandbox_that_died_is_told_and_replaced(tmp_path: Path) -> None:
    code = (
        "from helpers import cloud, cognito\n"
        "place = cloud.connect()\n"
        "cognito.list_user_pools()\n"
        "place.close()\n"
        "try:\n    cognito.list_user_pools()\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
        "cloud.connect()\n"
        "print(cognito.list_user_pools())\n"
    )
    printed, error = run(code, tmp_path)
    assert printed.startswith("NotConnectedError AWS did not answer (EndpointConnectionError)."), (
        error
    )
    assert printed.endswith("[]\n")


def test_mended_credentials_are_picked_up(tmp_path: Path, stand_in: Sandbox) -> None:
    code = (
        "import os\nfrom helpers import cloud\n"
        "endpoint = os.environ.pop('AWS_ENDPOINT_URL')\n"
        "os.environ['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9'\n"
        "try:\n    cloud.connect()\nexcept Exception as error:\n    print(error)\n"
        "os.environ['AWS_ENDPOINT_URL'] = endpoint\n"
        "print(cloud.connect().account)\n"
    )
    printed, error = run(code, tmp_path, **at(stand_in))
    assert printed.startswith("AWS cannot be reached"), error
    assert printed.endswith("123456789012\n")


class Rubbish(BaseHTTPRequestHandler):
    """Something that is not AWS."""

    answer = (200, b"<html>hello</html>")

    def do_POST(self) -> None:
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    "answer",
    [(200, b"<html>hello</html>"), (404, b"<html></html>"), (200, b""), (200, b"{}"), (500, b"x")],
)
def test_an_endpoint_that_is_not_aws(tmp_path: Path, answer: tuple[int, bytes]) -> None:
    handler = type("Handler", (Rubbish,), {"answer": answer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        printed, error = run(CONNECT, tmp_path, **ACCOUNT, AWS_ENDPOINT_URL=endpoint)
        server.shutdown()
    assert printed == ""
    assert error.startswith("helpers.errors.NotConnectedError: "), error


def test_a_session_of_an_account_asks_for_consent_too(tmp_path: Path, stand_in: Sandbox) -> None:
    code = CONNECT + (
        "client = cloud.current().session.client('cognito-idp')\n"
        "client.create_user_pool(PoolName='any')\n"
    )
    _, error = run(code, tmp_path, **at(stand_in))
    assert "ConsentNeededError: CreateUserPool would change" in error


def test_the_question_whether_to_create_things(tmp_path: Path, stand_in: Sandbox) -> None:
    ask = (
        "from helpers import cloud, prompts\n"
        "place = cloud.connect()\nquestion = prompts.agreement()\nprint(question)\n"
        "try:\n    question.check()\n    print('may create')\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    told, _ = run(ask, tmp_path)
    assert told.splitlines()[1] == "may create"
    account = at(stand_in)
    told, _ = run(ask, tmp_path, **account)
    assert told.startswith("Create it in 123456789012/us-east-1: no. The tutorials need a stack")
    assert "ConsentNeededError Nothing is created in 123456789012/us-east-1 before" in told
    told, _ = run(ask, tmp_path, **account, CLOUD_CONSENT="123456789012/us-east-1")
    assert told.endswith("may create\n")
