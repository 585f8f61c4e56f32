"""What must hold from the moment at which a sandbox says that it is ready, and wherever it runs."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.error import HTTPError

import pytest
from harness import Aws, eventually, refused

from cognito_sandbox import READY, Sandbox, SandboxError

UNTIL_READY = """
import sys
from cognito_sandbox.patches import loading
loading.prepare(1)
from cognito_sandbox import application
from cognito_sandbox.patches import installing
assert "moto.cognitoidp" in sys.modules
print(*(name for name in ("moto.cloudformation", "moto.ec2") if name in sys.modules))
"""


def test_what_takes_longest_is_loaded_once_it_is_ready() -> None:
    command = [sys.executable, "-c", UNTIL_READY]
    assert not subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_asked_at_once_ec2_knows_its_instance_types() -> None:
    with Sandbox() as sandbox:
        ec2 = Aws(sandbox.endpoint, sandbox.access_key).client("ec2")
        found = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
        assert found[0]["InstanceType"] == "t3.micro"
        offered = ec2.describe_instance_type_offerings()["InstanceTypeOfferings"]
        assert "t3.micro" in {offer["InstanceType"] for offer in offered}


def test_after_its_end_a_sandbox_has_no_endpoint() -> None:
    with Sandbox() as sandbox:
        pass
    with pytest.raises(
        SandboxError, match=r"has ended: ask for its endpoint within the with block"
    ):
        print(sandbox.endpoint)


def test_what_a_sandbox_says_can_be_read_and_it_goes_on_at_its_end() -> None:
    with Sandbox(speed=2) as sandbox:
        assert eventually(lambda: sandbox.said) == "Waits pass 2 times faster than in AWS.\n"
        assert sandbox.said.count("\n") == 1
    with Sandbox(port=99999) as sandbox:
        for told in ("did not start", "did not start|has ended"):
            with pytest.raises(SandboxError, match=rf"({told})(.|\n)*65535"):
                print(sandbox.endpoint)


def test_health_answers_once_all_is_ready() -> None:
    with Sandbox() as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        assert aws.get("/_sandbox/health")["status"] == "ready"


HALF_LOADED = """
from cognito_sandbox import __main__
from cognito_sandbox.patches import loading

def load(*_):
    raise ImportError("no such thing")

loading.load_cloudformation = load
__main__.main()
"""


@pytest.fixture
def half_loaded() -> Iterator[Aws]:
    command = [sys.executable, "-c", HALF_LOADED, "--until-eof"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        yield Aws(process.stdout.readline().removeprefix(READY).strip())
        _, errors = process.communicate("")
    assert "ImportError: no such thing" in errors


def test_half_a_sandbox_does_not_say_that_it_is_ready(half_loaded: Aws) -> None:
    told = "The sandbox could not load CloudFormation: ImportError('no such thing')..."
    with refused("ServiceUnavailable", told):
        half_loaded.client("cloudformation").list_stacks()
    with pytest.raises(HTTPError) as error:
        half_loaded.get("/_sandbox/health")
    assert error.value.code == 503
    assert told.removesuffix("...") in error.value.read().decode()
    pool = half_loaded.pool({"PreSignUp": half_loaded.echo()})  # what needs no stacks works
    pool.sign_up()


def test_log_streams_are_dated_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = "Etc/GMT-14" if datetime.now(UTC).hour >= 11 else "Etc/GMT+12"  # on another day
    monkeypatch.setenv("TZ", elsewhere)
    with Sandbox() as sandbox:
        before = datetime.now(UTC)
        function = Aws(sandbox.endpoint, sandbox.access_key).function(
            "def handler(event, context): pass"
        )
        function.invoke()
        (stream,) = function.streams()
        assert stream.partition("/[")[0] in {f"{t:%Y/%m/%d}" for t in (before, datetime.now(UTC))}
