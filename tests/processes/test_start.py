"""What must hold from the moment at which a sandbox says that it is ready, and wherever it runs."""

from datetime import UTC, datetime

import pytest
from harness import Aws

from cognito_sandbox import Sandbox


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
