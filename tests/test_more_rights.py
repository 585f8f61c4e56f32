"""The further notebooks' roles: with each right that they have it works, and without it fails."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from harness import Aws, Function, refused, zipped
from more_stacks import FOLDERS, deployed, rights, without

WRITING = ("logs:CreateLogStream", "logs:PutLogEvents")
RIGHTS = [(folder, name, action) for folder in FOLDERS for name, action in rights(folder)]
LOGGING = [(folder, name) for folder, name, action in RIGHTS if action == WRITING[0]]
FED = ("TakeOrders", "TakeClicks", "TakeChanges", "FollowNotes")  # and those that report in part
READING = [
    each
    for each in RIGHTS
    if each[1].startswith(FED) and not each[2].startswith(("logs:", "sqs:S"))
]
# In AWS's policy for readers of a stream. Reports differ on whether a role without them is refused.
UNPROVEN = {"kinesis:DescribeStreamSummary", "kinesis:ListShards"}
# By the tests of what the functions do, in test_event_handlers, test_notes_api and test_database.
ELSEWHERE = {"sqs:SendMessage", "s3:GetObject", "rds-db:connect"}
ELSEWHERE |= {f"dynamodb:{action}" for action in ("Scan", "GetItem", "PutItem", "DeleteItem")}

Stacks = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def stacks(aws: Aws) -> Iterator[Stacks]:
    """The stack of a folder, deployed when it is first asked for."""
    empty = zipped(nothing="")
    layer = aws.lambdas.publish_layer_version(LayerName="empty", Content={"ZipFile": empty})
    place = {"DatabaseHost": "127.0.0.1", "DatabaseName": "shop", "DatabaseUser": "reader"}
    place |= {
        "DatabaseId": "db-1",
        "DatabaseAuthority": "-",
        "Pg8000Layer": layer["LayerVersionArn"],
    }
    with ExitStack() as opened:
        yield cache(
            lambda folder: opened.enter_context(
                deployed(aws, folder, **(place if folder == "database" else {}))
            )
        )


def test_there_is_a_proof_for_every_right_of_every_role_but_for_two() -> None:
    told, read = {action for _, _, action in RIGHTS}, {action for _, _, action in READING}
    assert told == {*WRITING, *ELSEWHERE, *read}
    assert read >= UNPROVEN
    assert {name for _, name, action in RIGHTS if action == "sqs:SendMessage"} == {
        *("TakeClicks", "TakeClicksInPart", "TakeChanges", "TakeChangesInPart")
    }


@pytest.mark.parametrize(("folder", "name"), LOGGING)
def test_a_log_is_written_only_with_both_rights(
    aws: Aws, stacks: Stacks, folder: str, name: str
) -> None:
    function = Function(aws, stacks(folder)[f"{name}Function"], "")
    assert logs_something(function)
    for action in WRITING:
        with without(aws, function.name, action):
            assert not logs_something(function)
    assert logs_something(function)


def logs_something(function: Function) -> bool:
    """Does it, in a new environment, for each of which a log stream is made?"""
    function.aws.lambdas.update_function_configuration(
        FunctionName=function.name, Description=str(uuid.uuid4())
    )
    function.wait()
    before = len(function.log())
    function.invoke({})  # which may fail: its log says so
    return len(function.log()) > before


@pytest.mark.parametrize(
    ("folder", "name", "action"), [each for each in READING if each[2] not in UNPROVEN]
)
def test_a_source_is_read_only_with_each_right_of_the_role(
    aws: Aws, stacks: Stacks, folder: str, name: str, action: str
) -> None:
    """Whose mapping it is at first does not matter."""
    function, service = stacks(folder)[f"{name}Function"], action.partition(":")[0]
    (mapping,) = (
        each
        for each in aws.lambdas.list_event_source_mappings()["EventSourceMappings"]
        if each["EventSourceArn"].split(":")[2] == service
        and each["FunctionArn"].split(":")[-1].startswith(stack_of(function))
    )
    with without(aws, function, action), refused("InvalidParameterValueException"):
        aws.lambdas.update_event_source_mapping(UUID=mapping["UUID"], FunctionName=function)
    aws.lambdas.update_event_source_mapping(UUID=mapping["UUID"], FunctionName=function)


def stack_of(function: str) -> str:
    return function.rpartition("-")[0]
