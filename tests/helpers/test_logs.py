"""Waiting for a function's log, and showing it."""

import json
import time

import pytest

from helpers import cloud, logs
from helpers.errors import LogsNotThereError

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


def test_a_function_without_a_log_yet(place: cloud.Cloud) -> None:
    start = time.monotonic()
    with pytest.raises(LogsNotThereError, match="Was the function run"):
        logs.latest("never-was", patience=0.3)
    assert time.monotonic() - start < 5
    assert logs.count("never-was") == 0


def test_counting_invocations(function: str) -> None:
    before = logs.count(function)
    invoke(function)
    logs.latest(function)
    assert logs.count(function) == before + 1
