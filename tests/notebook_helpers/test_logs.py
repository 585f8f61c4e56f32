"""Waiting for a function's log, and showing it."""

import json
import time
import uuid
from typing import TYPE_CHECKING

import pytest

from helpers import cloud, events, experiments, invoking, logs
from helpers._inner import log_lines
from helpers.errors import LogsNotThereError, RefusedError

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

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
    invoke(function)
    assert logs.latest(function, after=last)[0]["timestamp"] > last


def test_only_what_came_after_an_invocation_whose_lines_are_late(
    function: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = events.sample("PreSignUp_SignUp", userName=name)
    tried = invoking.invoke(function, event)
    with pytest.raises(LogsNotThereError):
        logs.latest(function, about=name, after=tried, patience=0.2)
    found, looked = logs._holding, []

    def late(function: str, text: str) -> list[log_lines.Event]:
        looked.append(text)
        if len(looked) == 1:
            return []
        invoking.invoke(function, event)  # Cognito's run
        return found(function, text)

    monkeypatch.setattr(logs, "_holding", late)
    lines = logs.latest(function, about=name, after=tried)
    assert looked == [f"START RequestId: {tried.request_id}"] * 2
    assert tried.request_id not in lines[0]["message"]


def test_what_came_after_an_invocation_of_long_ago(outputs: dict[str, str], name: str) -> None:
    """Its lines are in none of the newest streams: each change of the code begins another."""
    function = outputs["AutoConfirmFunction"]
    event = events.sample("PreSignUp_SignUp", userName=name)
    tried = invoking.invoke(function, event)
    stack_name = function.rpartition("-")[0]
    for _ in range(logs.STREAMS):
        with experiments.changed("auto_confirm", "nothing changed", "no change", stack_name):
            invoking.invoke(function, event)
    invoking.invoke(function, event)
    assert logs.latest(function, about=name, after=tried, patience=5)


@pytest.mark.usefixtures("in_the_sandbox")
def test_who_says_how_long_to_wait_is_heard_in_the_sandbox_too(
    function: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, looked = events.sample("PreSignUp_SignUp", userName=name), 0
    find = logs._last_invocation

    def late(group: str, about: str) -> list[log_lines.Event]:
        nonlocal looked
        looked += 1
        if looked == 2:
            invoking.invoke(function, event)
        return find(group, about)

    monkeypatch.setattr(logs, "_last_invocation", late)
    monkeypatch.setattr(logs, "HERE", 0)
    with pytest.raises(LogsNotThereError, match="after 0 seconds"):
        logs.latest(function, about=name)
    looked = 0
    assert logs.latest(function, about=name, patience=300)


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


ONE, TWO = (f"{n * 8}-{n * 4}-{n * 4}-{n * 4}-{n * 12}" for n in "ab")
ALL = slice(None)


@pytest.mark.parametrize(
    ("lines", "shown", "ended"),
    [
        (["INIT_START x\n", f"START RequestId: {ONE} V", f"REPORT RequestId: {ONE}\t"], ALL, True),
        (
            [f"START RequestId: {ONE} V", "START processing", f"REPORT RequestId: {ONE}\t"],
            ALL,
            True,
        ),
        (
            [f"START RequestId: {ONE} V", f"REPORT RequestId: {ONE}\t", "INIT_START x"],
            slice(2),
            True,
        ),
        (
            [
                *("INIT_START x", f"START RequestId: {ONE} V", f"REPORT RequestId: {ONE}\t"),
                *(f"START RequestId: {TWO} V", "working"),
            ],
            slice(3, None),
            False,
        ),
    ],
    ids=["cold", "START in the text", "a new start after the end", "still running"],
)
def test_which_lines_are_the_last_invocations(
    place: cloud.Cloud, lines: list[str], shown: slice, ended: bool
) -> None:
    api, group = cloud.client("logs"), f"/test/{uuid.uuid4().hex}"
    api.create_log_group(logGroupName=group)
    api.create_log_stream(logGroupName=group, logStreamName="stream")
    now = int(time.time() * 1000)
    events: list[InputLogEventTypeDef] = [
        {"timestamp": now + n, "message": line} for n, line in enumerate(lines)
    ]
    api.put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)
    try:
        found = logs._last_invocation(group, "")
        assert [event["message"] for event in found] == lines[shown]
        assert log_lines.has_ended(found) is ended
    finally:
        api.delete_log_group(logGroupName=group)


def test_a_long_log_is_read_back_to_its_start(outputs: dict[str, str]) -> None:
    api, group = cloud.client("logs"), f"/test/{uuid.uuid4().hex}"
    api.create_log_group(logGroupName=group)
    api.create_log_stream(logGroupName=group, logStreamName="stream")
    now = int(time.time() * 1000)
    lines = [f"START RequestId: {ONE} V", *["line"] * 14_000, f"REPORT RequestId: {ONE}\t"]
    events: list[InputLogEventTypeDef] = [{"timestamp": now, "message": line} for line in lines]
    for first in range(0, len(events), 7000):
        api.put_log_events(
            logGroupName=group, logStreamName="stream", logEvents=events[first : first + 7000]
        )
    try:
        assert len(logs._last_invocation(group, "")) == len(lines)
    finally:
        api.delete_log_group(logGroupName=group)


def test_an_invocation_is_found_by_what_it_said(outputs: dict[str, str], name: str) -> None:
    function, pool = outputs["AutoConfirmFunction"], outputs["UserPoolId"]
    for user in (name, "somebody-else"):
        event = events.sample("PreSignUp_SignUp", userName=user, userPoolId=pool)
        invoking.invoke(function, event)
    assert (
        f"PreSignUp_SignUp for user {name}." in logs.said(function, about=name)["Message"].tolist()
    )
    with pytest.raises(LogsNotThereError, match='about "nobody"'):
        logs.latest(function, about="nobody", patience=0.1)
