"""What a function's role must allow for its sources and destinations (events contract 1.1, 1.3)."""

import functools
import uuid
from typing import Any

import pytest
from event_sources import Line, Source, eventually
from harness import Aws, Function, policy, refused

INVALID = "InvalidParameterValueException"
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}


def allowing(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def line(aws: Aws) -> Line:
    return Line(aws, f"line-{uuid.uuid4().hex[:8]}")


def in_role(aws: Aws, *statements: dict[str, Any], body: str = "pass") -> Function:
    return aws.echo(body, Role=aws.role_with(LOGS, *statements), Timeout=1)


def has_failed(function: Function) -> bool:
    return any("ValueError" in each for each in function.log())


@pytest.mark.parametrize("lacking", ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
def test_a_queue_is_not_read_without_each_of_its_rights(aws: Aws, lacking: str) -> None:
    needed = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    function = in_role(aws, allowing(*needed - {f"sqs:{lacking}"}))
    text = f"The function execution role does not have permissions to call {lacking} on SQS"
    with refused(INVALID, text):
        line(aws).feed(function)


def test_rights_on_another_queue_are_none_on_this(aws: Aws) -> None:
    own, other = line(aws), line(aws)
    function = in_role(aws, allowing("sqs:*", resource=other.arn))
    with refused(INVALID):
        own.feed(function)
    mapping = other.feed(function)["UUID"]
    with refused(INVALID):
        aws.lambdas.update_event_source_mapping(UUID=mapping, FunctionName=in_role(aws).name)


@pytest.mark.parametrize("kind", ["kinesis", "dynamodb"])
def test_a_stream_is_not_read_without_its_rights(aws: Aws, kind: str) -> None:
    source = Source(aws, kind, f"source-{uuid.uuid4().hex[:8]}")
    with refused(INVALID, f"Cannot access stream {source.arn}. ..."):
        source.feed(in_role(aws, allowing(f"{kind}:GetRecords", f"{kind}:DescribeStream")))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("AWSLambdaSQSQueueExecutionRole", "sqs"),
        ("AWSLambdaKinesisExecutionRole", "kinesis"),
        ("AWSLambdaDynamoDBExecutionRole", "dynamodb"),
    ],
)
def test_the_managed_policy_of_a_source_is_enough(aws: Aws, name: str, kind: str) -> None:
    role = aws.role_with()
    aws.client("iam").attach_role_policy(
        RoleName=role.rpartition("/")[2], PolicyArn=f"arn:aws:iam::aws:policy/service-role/{name}"
    )
    function = aws.echo(Role=role, Timeout=1)
    if kind == "sqs":
        assert line(aws).feed(function)["UUID"]
    else:
        assert Source(aws, kind, f"source-{uuid.uuid4().hex[:8]}").feed(function)["UUID"]


def test_a_destination_gets_nothing_without_the_right(aws: Aws) -> None:
    function, told = in_role(aws), line(aws)
    aws.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnSuccess": {"Destination": told.arn}}
    )

    def invoke(event: str) -> None:
        aws.lambdas.invoke(FunctionName=function.name, InvocationType="Event", Payload=event)

    invoke('{"number": 1}')
    eventually(function.events)
    configured = aws.lambdas.get_function_configuration(FunctionName=function.name)
    aws.client("iam").put_role_policy(
        RoleName=configured["Role"].rpartition("/")[2],
        PolicyName="more",
        PolicyDocument=policy(allowing("sqs:SendMessage", resource=told.arn)),
    )
    invoke('{"number": 2}')
    messages = eventually(
        lambda: told.sqs.receive_message(QueueUrl=told.url, MaxNumberOfMessages=10).get("Messages")
    )
    assert [each["Body"].count('"number": 2') for each in messages] == [2]


def test_a_dead_letter_queue_gets_nothing_without_the_right(aws: Aws) -> None:
    dead, failing = line(aws), 'raise ValueError("no")'
    lacks = in_role(aws, body=failing)
    has = in_role(aws, allowing("sqs:SendMessage", resource=dead.arn), body=failing)
    for function in (lacks, has):
        aws.lambdas.update_function_configuration(
            FunctionName=function.name, DeadLetterConfig={"TargetArn": dead.arn}
        )
        aws.lambdas.get_waiter("function_updated_v2").wait(FunctionName=function.name)
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, MaximumRetryAttempts=0
        )
        aws.lambdas.invoke(
            FunctionName=function.name, InvocationType="Event", Payload=f'"{function.name}"'
        )
        eventually(functools.partial(has_failed, function))
    messages = eventually(
        lambda: dead.sqs.receive_message(QueueUrl=dead.url, MaxNumberOfMessages=10).get("Messages")
    )
    assert [each["Body"] for each in messages] == [f'"{has.name}"']
