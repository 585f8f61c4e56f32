"""Invocations that nobody waits for (events contract 6)."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from event_sources import Line, eventually
from harness import Aws, Function, refused

from cognito_sandbox import Sandbox


@pytest.fixture(scope="module")
def hurried() -> Iterator[Aws]:
    """A sandbox in which a minute's wait is over in a tenth of a second."""
    with Sandbox(speed=600) as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)


def later(function: Function, payload: Any = "{}") -> str:
    answer = function.aws.lambdas.invoke(
        FunctionName=function.name, InvocationType="Event", Payload=payload
    )
    assert answer["StatusCode"] == 202
    assert "ExecutedVersion" not in answer
    assert answer["Payload"].read() == b""
    return str(answer["ResponseMetadata"]["RequestId"])


def starts(function: Function) -> list[str]:
    """The request id of each run."""
    return [line.split()[2] for line in function.log() if line.startswith("START")]


def letters(line: Line, count: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def receive() -> bool:
        answer = line.sqs.receive_message(
            QueueUrl=line.url, MessageAttributeNames=["All"], VisibilityTimeout=600
        )
        found.extend(answer.get("Messages", []))
        return len(found) >= count

    eventually(receive)
    return found


def test_a_failing_function_is_tried_three_times_with_one_request_id(hurried: Aws) -> None:
    function = hurried.echo('raise ValueError("no")')
    later(function)
    eventually(lambda: len(starts(function)) == 3)
    assert len(set(starts(function))) == 1


def test_retries_can_be_fewer(hurried: Aws) -> None:
    function, lost = hurried.echo('raise ValueError("no")'), Line(hurried, "fewer")
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    later(function, '{"a": 1}')
    (letter,) = letters(lost)
    told = json.loads(letter["Body"])
    assert told.pop("timestamp")
    (request_id,) = starts(function)
    assert told == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"a": 1},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": told["responsePayload"],
    }
    assert told["responsePayload"]["errorMessage"] == "no"


def test_an_aliass_settings_are_its_own(hurried: Aws) -> None:
    function, lost = hurried.echo('raise ValueError("no")'), Line(hurried, "aliased")
    api: Any = hurried.lambdas
    named = {"FunctionName": function.name}
    version = api.publish_version(FunctionName=function.name)["Version"]
    api.create_alias(**named, Name="live", FunctionVersion=version)
    api.put_function_event_invoke_config(
        **named,
        Qualifier="live",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    api.invoke(**named, Qualifier="live", InvocationType="Event")
    (letter,) = letters(lost)
    told = json.loads(letter["Body"])
    assert told["requestContext"]["functionArn"] == f"{function.arn}:live"
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert told["responseContext"]["executedVersion"] == version
    assert len(starts(function)) == 1


def test_what_takes_too_long_is_given_up(hurried: Aws) -> None:
    function, lost = hurried.echo('raise ValueError("no")'), Line(hurried, "too-old")
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    later(function)
    (letter,) = letters(lost)
    assert json.loads(letter["Body"])["requestContext"]["condition"] == "EventAgeExceeded"


def test_success_is_told_too(aws: Aws) -> None:
    function, good = aws.function("def handler(event, context): return 'done'"), Line(aws, "good")
    aws.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnSuccess": {"Destination": good.arn}}
    )
    later(function)
    (letter,) = letters(good)
    told = json.loads(letter["Body"])
    assert told["requestContext"]["condition"] == "Success"
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert told["responsePayload"] == "done"


def test_another_function_can_be_told(aws: Aws) -> None:
    teller, told = aws.function("def handler(event, context): return 'done'"), aws.echo()
    aws.lambdas.put_function_event_invoke_config(
        FunctionName=teller.name, DestinationConfig={"OnSuccess": {"Destination": told.arn}}
    )
    later(teller)
    (event,) = eventually(told.events)
    assert event["responsePayload"] == "done"


def test_dead_letters_hold_the_event_as_it_was_sent(hurried: Aws) -> None:
    dead = Line(hurried, "dead")
    function = hurried.echo('raise ValueError("no")', DeadLetterConfig={"TargetArn": dead.arn})
    later(function, '{"a":  1}')
    (letter,) = letters(dead)
    assert letter["Body"] == '{"a":  1}'
    attributes = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    assert attributes == {
        "RequestID": starts(function)[0],
        "ErrorCode": "200",
        "ErrorMessage": "no",
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import time; time.sleep(3)", "Sandbox.Timedout"),
        ("import os; os._exit(1)", "Runtime.ExitError"),
        ('raise ValueError("x" * 2000)', "ValueError"),
    ],
    ids=["too slow", "ends", "raises"],
)
def test_each_failure_of_a_function_is_one(hurried: Aws, body: str, error: str) -> None:
    dead, lost = (Line(hurried, f"{name}-{uuid.uuid4().hex[:8]}") for name in ("dead", "lost"))
    function = hurried.echo(body, Timeout=1, DeadLetterConfig={"TargetArn": dead.arn})
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    later(function)
    told = json.loads(letters(lost)[0]["Body"])
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["responseContext"]["functionError"] == "Unhandled"
    assert told["responsePayload"]["errorType"] == error
    attributes = letters(dead)[0]["MessageAttributes"]
    assert attributes["ErrorCode"]["StringValue"] == "200"
    said = told["responsePayload"]["errorMessage"]
    assert attributes["ErrorMessage"]["StringValue"] == said[:1024]


def test_settings_are_put_changed_listed_and_deleted(aws: Aws) -> None:
    api: Any = aws.lambdas
    function = aws.echo()
    name = {"FunctionName": function.name}
    missing = f"The function {function.arn}:$LATEST doesn't have an EventInvokeConfig"
    with refused("ResourceNotFoundException", missing):
        api.get_function_event_invoke_config(**name)
    with refused("InvalidParameterValueException", "You must specify at least one of error ..."):
        api.put_function_event_invoke_config(**name)
    put = api.put_function_event_invoke_config(**name, MaximumRetryAttempts=0)
    assert put["FunctionArn"] == f"{function.arn}:$LATEST"
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    assert "MaximumEventAgeInSeconds" not in put
    changed = api.update_function_event_invoke_config(**name, MaximumEventAgeInSeconds=60)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (0, 60)
    replaced = api.put_function_event_invoke_config(**name, MaximumEventAgeInSeconds=90)
    assert "MaximumRetryAttempts" not in replaced
    (listed,) = api.list_function_event_invoke_configs(**name)["FunctionEventInvokeConfigs"]
    assert listed["MaximumEventAgeInSeconds"] == 90
    api.delete_function_event_invoke_config(**name)
    with refused("ResourceNotFoundException", missing):
        api.get_function_event_invoke_config(**name)


def test_a_destination_must_be_a_place(aws: Aws) -> None:
    put, name = aws.lambdas.put_function_event_invoke_config, aws.echo().name
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/a"
    with refused("InvalidParameterValueException", f"The destination ARN {stream} is invalid."):
        put(FunctionName=name, DestinationConfig={"OnFailure": {"Destination": stream}})
    told = "1 validation error detected: Value 'nowhere' at 'destinationConfig.onFailure."
    with refused("ValidationException", f"{told}..."):
        put(FunctionName=name, DestinationConfig={"OnFailure": {"Destination": "nowhere"}})


def test_an_event_bus_is_told_in_an_event(aws: Aws) -> None:
    events, teller = aws.client("events"), aws.function("def handler(event, context): return 1")
    told, name = aws.echo(), f"outcomes-{uuid.uuid4().hex[:8]}"
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    pattern = json.dumps({"source": ["lambda"]})
    rule = events.put_rule(Name=name, EventBusName=name, EventPattern=pattern)["RuleArn"]
    told.allow("events.amazonaws.com", SourceArn=rule)
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": told.arn}])
    aws.lambdas.put_function_event_invoke_config(
        FunctionName=teller.name, DestinationConfig={"OnSuccess": {"Destination": bus}}
    )
    later(teller, '{"a": 1}')
    (event,) = eventually(told.events)
    assert event["detail-type"] == "Lambda Function Invocation Result - Success"
    assert event["resources"] == [bus, f"{teller.arn}:$LATEST"]
    assert event["detail"]["requestContext"]["condition"] == "Success"
    assert event["detail"]["requestPayload"] == {"a": 1}


def test_a_bucket_keeps_the_records_of_failures_only(hurried: Aws) -> None:
    s3, name = hurried.client("s3"), f"lost-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    function, bucket = hurried.echo('raise ValueError("no")'), f"arn:aws:s3:::{name}"
    with refused("InvalidParameterValueException", f"The destination ARN {bucket} is invalid."):
        hurried.lambdas.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig={"OnSuccess": {"Destination": bucket}}
        )
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": bucket}}
    )
    later(function, '{"a": 1}')
    (kept,) = eventually(lambda: s3.list_objects_v2(Bucket=name).get("Contents"))
    assert kept["Key"].startswith(f"aws/lambda/async/{function.name}/")
    record = json.load(s3.get_object(Bucket=name, Key=kept["Key"])["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestPayload"] == {"a": 1}


def test_a_dead_letter_queue_that_is_gone_keeps_nobody_from_being_told(hurried: Aws) -> None:
    gone, lost = Line(hurried, "gone"), Line(hurried, "told-all-the-same")
    function = hurried.echo('raise ValueError("no")', DeadLetterConfig={"TargetArn": gone.arn})
    gone.sqs.delete_queue(QueueUrl=gone.url)
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    later(function)
    assert letters(lost)


def test_the_settings_go_with_their_function(aws: Aws) -> None:
    function = aws.echo()
    aws.lambdas.put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)
    aws.lambdas.delete_function(FunctionName=function.name)
    again = aws.function("def handler(event, context): pass", FunctionName=function.name)
    with refused("ResourceNotFoundException"):
        aws.lambdas.get_function_event_invoke_config(FunctionName=again.name)


def topic_of(aws: Aws, line: Line) -> str:
    """The ARN of a topic whose messages come to the queue."""
    sns, name = aws.client("sns"), line.arn.rpartition(":")[2]
    topic = str(sns.create_topic(Name=name)["TopicArn"])
    line.admit("sns.amazonaws.com")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=line.arn)
    return topic


@pytest.mark.parametrize(
    ("outcome", "body", "condition"),
    [
        ("OnSuccess", "pass", "Success"),
        ("OnFailure", 'raise ValueError("no")', "RetriesExhausted"),
    ],
)
def test_a_topic_is_told_in_a_message(
    hurried: Aws, outcome: str, body: str, condition: str
) -> None:
    line = Line(hurried, f"told-{uuid.uuid4().hex[:8]}")
    function, topic = hurried.echo(body), topic_of(hurried, line)
    told: Any = {outcome: {"Destination": topic}}
    hurried.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig=told
    )
    later(function, '{"a": 1}')
    (letter,) = letters(line)
    message = json.loads(letter["Body"])
    assert (message["Type"], message["TopicArn"]) == ("Notification", topic)
    told = json.loads(message["Message"])
    assert told["requestContext"]["condition"] == condition
    assert told["requestContext"]["functionArn"] == f"{function.arn}:$LATEST"
    assert told["requestPayload"] == {"a": 1}


def test_dead_letters_may_go_to_a_topic(hurried: Aws) -> None:
    line = Line(hurried, f"dead-{uuid.uuid4().hex[:8]}")
    topic = topic_of(hurried, line)
    function = hurried.echo('raise ValueError("no")', DeadLetterConfig={"TargetArn": topic})
    later(function, '{"a":  1}')
    (letter,) = letters(line)
    message = json.loads(letter["Body"])
    assert message["Message"] == '{"a":  1}'
    assert message["MessageAttributes"] == {
        "RequestID": {"Type": "String", "Value": starts(function)[0]},
        "ErrorCode": {"Type": "Number", "Value": "200"},
        "ErrorMessage": {"Type": "String", "Value": "no"},
    }


def test_a_function_cannot_be_its_own_destination(aws: Aws) -> None:
    function = aws.echo()
    with refused("InvalidParameterValueException", "You can't specify the function as ..."):
        aws.lambdas.put_function_event_invoke_config(
            FunctionName=function.name,
            DestinationConfig={"OnFailure": {"Destination": function.arn}},
        )


def test_a_dry_run_runs_nothing(aws: Aws) -> None:
    function = aws.echo()
    answer = aws.lambdas.invoke(FunctionName=function.name, InvocationType="DryRun")
    assert (answer["StatusCode"], starts(function)) == (204, [])
