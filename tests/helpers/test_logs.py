"""Waiting for a function's log, and showing it."""

import json
import time

import pytest

from helpers import cloud, logs
from helpers.errors import LogsNotThereError, RefusedError

EVENT = {
    "version": "1",
    "userName": "ann",
    "triggerSource": "PreSignUp_AdminCreateUser",
    "request": {"userAttributes": {}},
    "response": {},
}


@pytest.fixture
def function(outputs: dict[str, str]) -> str:
    return outputs["AutoConfirmFunction"]


def invoke(function: str) -> None:
    cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(EVENT))


def test_the_last_invocation_as_a_table(function: str) -> None:
    invoke(function)
    invoke(function)
    frame = logs.table(function)
    assert list(frame.columns) == ["Time", "Level", "Message"]
    assert str(frame["Time"].dtype).endswith("UTC]")
    assert frame["Message"].str.startswith("START").sum() == 1
    assert frame["Message"].iloc[-1].startswith("REPORT")
    said = frame[frame["Level"] == "INFO"]["Message"]
    assert said.iloc[0] == "PreSignUp_AdminCreateUser for user ann."


def test_only_what_came_after(function: str) -> None:
    invoke(function)
    last = logs.latest(function)[0]["timestamp"]
    with pytest.raises(LogsNotThereError, match="no finished invocation"):
        logs.latest(function, after=last, patience=0.2)
    time.sleep(0.01)
    invoke(function)
    assert logs.latest(function, after=last)[0]["timestamp"] > last


def test_a_function_that_is_not_there_is_told_at_once(place: cloud.Cloud) -> None:
    start = time.monotonic()
    with pytest.raises(RefusedError, match="ResourceNotFoundException"):
        logs.latest("never-was")
    assert time.monotonic() - start < 5


def test_its_arn_will_do(outputs: dict[str, str]) -> None:
    invoke(outputs["AutoConfirmFunction"])
    assert not logs.table(outputs["AutoConfirmFunctionArn"]).empty


def test_counting_invocations(function: str) -> None:
    before = logs.count(function)
    invoke(function)
    logs.latest(function)
    assert logs.count(function) == before + 1
