"""Events contract 11.3: what a role lacks of the rights to log is missing in the log."""

import base64
import uuid
from typing import Any

import pytest
from harness import Aws, Function

PRINTING = "def handler(event, context):\n    print('a line')\n"
CREATE_GROUP, CREATE_STREAM, PUT = (
    *("logs:CreateLogGroup", "logs:CreateLogStream"),
    "logs:PutLogEvents",
)


def logging_with(aws: Aws, *actions: str, on: str = "*", **config: Any) -> Function:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    role = aws.role_with(*([statement] if actions else []))
    return aws.function(PRINTING, Role=role, **config)


def groups(aws: Aws, name: str) -> list[str]:
    found = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return [group["logGroupName"] for group in found]


@pytest.mark.parametrize("actions", [(), (CREATE_STREAM, PUT), ("dynamodb:*",)])
def test_a_missing_group_is_not_made_without_the_right(aws: Aws, actions: tuple[str]) -> None:
    function = logging_with(aws, *actions)
    assert function.result() is None
    assert groups(aws, function.group) == []


def test_a_group_that_is_there_needs_no_right_to_make_it(aws: Aws) -> None:
    function = logging_with(aws, CREATE_STREAM, PUT)
    aws.logs.create_log_group(logGroupName=function.group)
    function.result()
    assert "a line\n" in function.log()


def test_without_the_right_to_make_streams_there_is_none(aws: Aws) -> None:
    function = logging_with(aws, CREATE_GROUP, PUT)
    function.result()
    assert groups(aws, function.group) == [function.group]
    assert function.streams() == []


def test_without_the_right_to_write_the_stream_stays_empty(aws: Aws) -> None:
    function = logging_with(aws, CREATE_GROUP, CREATE_STREAM)
    function.result()
    assert len(function.streams()) == 1
    assert function.log() == []


@pytest.mark.parametrize(("end", "written"), [(":*", True), (":log-stream:*", True), ("", False)])
def test_the_groups_arn_with_its_star_is_what_counts(aws: Aws, end: str, written: bool) -> None:
    name = f"group-{uuid.uuid4().hex[:8]}"
    aws.logs.create_log_group(logGroupName=name)
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{name}{end}"
    function = logging_with(
        aws, CREATE_STREAM, PUT, on=arn, LoggingConfig={"LogGroup": name, "LogFormat": "Text"}
    )
    function.result()
    streams = aws.logs.describe_log_streams(logGroupName=name)["logStreams"]
    assert (len(streams) == 1) == written


def test_the_caller_still_gets_the_log_s_end(aws: Aws) -> None:
    told = logging_with(aws).invoke(LogType="Tail")["LogResult"]
    assert b"a line" in base64.b64decode(told)
