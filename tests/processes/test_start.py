"""What must hold from the moment at which a sandbox says that it is ready, and wherever it runs."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from harness import Aws

from cognito_sandbox import Sandbox

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
