"""What a function's role must allow for its sources and destinations (events contract 1.1, 1.3)."""

import functools
import json
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


def rights(function: Function, *statements: dict[str, Any]) -> None:
    """What its role may do from now on."""
    iam, api = function.aws.client("iam"), function.aws.lambdas
    role = api.get_function_configuration(FunctionName=function.name)["Role"].rpartition("/")[2]
    document = policy(LOGS, *statements)
    iam.put_role_policy(RoleName=role, PolicyName="statements", PolicyDocument=document)


def test_a_destination_gets_nothing_without_the_right(aws: Aws) -> None:
    told = line(aws)
    may = allowing("sqs:SendMessage", resource=told.arn)
    lacks, has = in_role(aws, may), in_role(aws, may)
    for function in (lacks, has):
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig={"OnSuccess": {"Destination": told.arn}}
        )
    rights(lacks)
    for function in (lacks, has):
        aws.lambdas.invoke(
            FunctionName=function.name, InvocationType="Event", Payload=f'"{function.name}"'
        )
        eventually(function.log)
    messages = eventually(
        lambda: told.sqs.receive_message(QueueUrl=told.url, MaxNumberOfMessages=10).get("Messages")
    )
    assert [json.loads(each["Body"])["requestPayload"] for each in messages] == [has.name]


def test_a_dead_letter_queue_gets_nothing_without_the_right(aws: Aws) -> None:
    dead, failing = line(aws), 'raise ValueError("no")'
    may = allowing("sqs:SendMessage", resource=dead.arn)
    lacks, has = in_role(aws, may, body=failing), in_role(aws, may, body=failing)
    for function in (lacks, has):
        aws.lambdas.update_function_configuration(
            FunctionName=function.name, DeadLetterConfig={"TargetArn": dead.arn}
        )
        aws.lambdas.get_waiter("function_updated_v2").wait(FunctionName=function.name)
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, MaximumRetryAttempts=0
        )
    rights(lacks)
    for function in (lacks, has):
        aws.lambdas.invoke(
            FunctionName=function.name, InvocationType="Event", Payload=f'"{function.name}"'
        )
        eventually(functools.partial(has_failed, function))
    messages = eventually(
        lambda: dead.sqs.receive_message(QueueUrl=dead.url, MaxNumberOfMessages=10).get("Messages")
    )
    assert [each["Body"] for each in messages] == [f'"{has.name}"']


def topic(aws: Aws) -> str:
    return str(aws.client("sns").create_topic(Name=f"t-{uuid.uuid4().hex[:8]}")["TopicArn"])


def test_dead_letters_need_the_right_to_be_sent(aws: Aws) -> None:
    lacking, queue = aws.role_with(LOGS), line(aws).arn
    denied = "The provided execution role does not have permissions to call"
    for arn, told in ((queue, "SendMessage on SQS"), (topic(aws), "Publish on SNS")):
        letters: dict[str, Any] = {"DeadLetterConfig": {"TargetArn": arn}}
        with refused(INVALID, f"{denied} {told}"):
            aws.echo(Role=lacking, **letters)
        function = aws.echo()
        update = functools.partial(
            aws.lambdas.update_function_configuration, FunctionName=function.name
        )
        with refused(INVALID, f"{denied} {told}"):
            update(Role=lacking, **letters)
        shown = aws.lambdas.get_function_configuration(FunctionName=function.name)
        assert "DeadLetterConfig" not in shown
        assert shown["Role"] != lacking


def test_who_has_dead_letters_keeps_the_right(aws: Aws) -> None:
    function = aws.echo(DeadLetterConfig={"TargetArn": line(aws).arn})
    with refused(INVALID, "The provided execution role does not have permissions ..."):
        aws.lambdas.update_function_configuration(
            FunctionName=function.name, Role=aws.role_with(LOGS)
        )


def test_a_destination_needs_the_right_to_be_told(aws: Aws) -> None:
    function, queue = in_role(aws), line(aws).arn
    with refused(INVALID, "The function's execution role does not have permissions to call ..."):
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": queue}}
        )


def test_a_bucket_takes_records_with_a_right_to_their_folder_only(aws: Aws) -> None:
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=name)
    arn = f"arn:aws:s3:::{name}"
    function = in_role(aws, allowing("s3:PutObject", resource=f"{arn}/aws/lambda/*"))
    aws.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )


def fifo(aws: Aws) -> str:
    name = f"line-{uuid.uuid4().hex[:8]}.fifo"
    return Line(aws, name, FifoQueue="true").arn


@pytest.mark.parametrize("service", ["sqs", "sns", "fifo"])
def test_dead_letters_have_somewhere_to_go(aws: Aws, service: str) -> None:
    arn = fifo(aws) if service == "fifo" else f"arn:aws:{service}:us-east-1:123456789012:gone"
    with refused(INVALID, f"There is no standard queue or topic {arn} ..."):
        aws.echo(DeadLetterConfig={"TargetArn": arn})


@pytest.mark.parametrize(
    "place",
    [
        "sqs:us-east-1:123456789012:gone",
        "sns:us-east-1:123456789012:gone",
        "lambda:us-east-1:123456789012:function:gone",
        "events:us-east-1:123456789012:event-bus/gone",
        "s3:::gone",
    ],
)
def test_a_destination_is_there(aws: Aws, place: str) -> None:
    arn, function = f"arn:aws:{place}", aws.echo()
    with refused(INVALID, f"The destination ARN {arn} is invalid."):
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": arn}}
        )


def test_a_fifo_queue_is_no_destination(aws: Aws) -> None:
    arn, function = fifo(aws), aws.echo()
    with refused(INVALID, f"The destination ARN {arn} is invalid."):
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": arn}}
        )
    source = Source(aws, "kinesis", f"source-{uuid.uuid4().hex[:8]}")
    with refused(INVALID, f"There is no bucket, standard queue or topic {arn} ..."):
        source.feed(function, DestinationConfig={"OnFailure": {"Destination": arn}})
