"""Queues that invoke functions (events contract 2)."""

import json
import uuid
from collections.abc import Iterator

import pytest
from event_sources import Line, eventually
from harness import Aws, Function


def bodies(function: Function) -> list[list[str]]:
    return [[record["body"] for record in event["Records"]] for event in function.events()]


@pytest.fixture
def line(aws: Aws, request: pytest.FixtureRequest) -> Iterator[Line]:
    found = Line(aws, request.node.name[:60].replace("[", "-").replace("]", ""))
    yield found
    for mapping in aws.lambdas.list_event_source_mappings(EventSourceArn=found.arn)[
        "EventSourceMappings"
    ]:
        aws.lambdas.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_message_reaches_the_function_and_is_deleted(aws: Aws, line: Line) -> None:
    function = aws.echo(Timeout=1)
    line.feed(function)
    sent = line.send(
        "hello", MessageAttributes={"Author": {"DataType": "String", "StringValue": "Ann"}}
    )
    (event,) = eventually(function.events)
    (record,) = event["Records"]
    assert record.pop("receiptHandle")
    assert record.pop("md5OfMessageAttributes")
    attributes = record.pop("attributes")
    assert attributes.keys() == {
        "ApproximateReceiveCount",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    }
    assert attributes["ApproximateReceiveCount"] == "1"
    assert abs(int(attributes["SentTimestamp"]) / 1000 - aws.now()) < 60
    assert record == {
        "messageId": sent,
        "body": "hello",
        "messageAttributes": {
            "Author": {
                "stringValue": "Ann",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            }
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": line.arn,
        "awsRegion": "us-east-1",
    }
    eventually(lambda: line.attribute("ApproximateNumberOfMessages") == "0")
    assert line.attribute("ApproximateNumberOfMessagesNotVisible") == "0"


def test_what_was_sent_before_comes_in_batches(aws: Aws, line: Line) -> None:
    for number in range(12):
        line.send(str(number))
    function = aws.echo(Timeout=1)
    line.feed(function)
    eventually(lambda: sum(map(len, bodies(function))) == 12)
    assert max(map(len, bodies(function))) == 10


def test_a_failed_message_comes_again_after_its_visibility_timeout(aws: Aws, line: Line) -> None:
    function = aws.echo(
        'if event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1":\n'
        '    raise ValueError("not yet")',
        Timeout=1,
    )
    line.feed(function)
    line.send("again")
    first, second = eventually(lambda: len(function.events()) == 2 and function.events())
    counts = [e["Records"][0]["attributes"]["ApproximateReceiveCount"] for e in (first, second)]
    assert counts == ["1", "2"]


def test_what_failed_too_often_goes_to_the_dead_letter_queue(aws: Aws, line: Line) -> None:
    dead = Line(aws, "dead-letters")
    line.sqs.set_queue_attributes(
        QueueUrl=line.url,
        Attributes={
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
        },
    )
    function = aws.echo('raise ValueError("never")', Timeout=1)
    line.feed(function)
    sent = line.send("poison")
    eventually(lambda: dead.attribute("ApproximateNumberOfMessages") == "1")
    (message,) = line.sqs.receive_message(QueueUrl=dead.url)["Messages"]
    assert (message["MessageId"], message["Body"]) == (sent, "poison")
    assert len(function.events()) == 2


def test_the_functions_own_dead_letter_queue_gets_none_of_them(aws: Aws, line: Line) -> None:
    own, dead = (Line(aws, f"{name}-{uuid.uuid4().hex[:8]}") for name in ("own", "dead"))
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    line.sqs.set_queue_attributes(QueueUrl=line.url, Attributes={"RedrivePolicy": redrive})
    letters = {"TargetArn": own.arn}
    line.feed(aws.echo('raise ValueError("never")', Timeout=1, DeadLetterConfig=letters))
    line.send("poison")
    eventually(lambda: dead.attribute("ApproximateNumberOfMessages") == "1")
    assert own.attribute("ApproximateNumberOfMessages") == "0"


REPORTED = """
import json
def handler(event, context):
    print(json.dumps(event))
    return {}
"""


def test_only_the_reported_messages_stay(aws: Aws, line: Line) -> None:
    function = aws.function(
        REPORTED.format(
            '{"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in event["Records"] '
            'if r["body"] == "bad" and r["attributes"]["ApproximateReceiveCount"] == "1"]}'
        ),
        Timeout=1,
    )
    for body in ("good", "bad", "better"):
        line.send(body)
    line.feed(function, FunctionResponseTypes=["ReportBatchItemFailures"])
    eventually(lambda: len(function.events()) == 2)
    assert bodies(function) == [["good", "bad", "better"], ["bad"]]
    eventually(lambda: line.attribute("ApproximateNumberOfMessagesNotVisible") == "0")


@pytest.mark.parametrize(
    ("answer", "comes_again"),
    [
        ("None", False),
        ("{}", False),
        ('{"batchItemFailures": []}', False),
        ('{"batchItemFailures": None}', False),
        ('{"state": {"count": 1}}', False),
        ('{"batchItemFailures": [{"foo": "notvalid"}]}', True),
        ('{"batchItemFailures": [{"itemIdentifier": ""}]}', True),
        ('{"batchItemFailures": [{"itemIdentifier": None}]}', True),
        ('{"batchItemFailures": [{"itemIdentifier": "unknown"}]}', True),
    ],
)
def test_what_a_batch_answer_means(aws: Aws, answer: str, comes_again: bool) -> None:
    from cognito_sandbox.events.answers import failed_items

    said = json.dumps(eval(answer)).encode()
    assert failed_items(said, ["one", "two"]) == ({"one", "two"} if comes_again else set())


def test_filters_delete_what_does_not_match(aws: Aws, line: Line) -> None:
    function = aws.echo(Timeout=1)
    pattern = json.dumps({"body": {"kind": ["order"]}})
    line.feed(function, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    for body in ('{"kind": "order"}', '{"kind": "other"}', "no json"):
        line.send(body)
    eventually(lambda: function.events())
    eventually(
        lambda: (
            line.attribute("ApproximateNumberOfMessages") == "0"
            and line.attribute("ApproximateNumberOfMessagesNotVisible") == "0"
        )
    )
    assert bodies(function) == [['{"kind": "order"}']]


def test_a_queue_made_again_is_the_mappings_queue(aws: Aws) -> None:
    name = f"again-{uuid.uuid4().hex[:8]}"
    once, failing = Line(aws, name), aws.echo("assert 'bad' not in str(event)", Timeout=1)
    mapping = once.feed(failing)["UUID"]
    once.send("first")
    eventually(lambda: len(failing.events()) == 1)
    once.sqs.delete_queue(QueueUrl=once.url)
    again = Line(aws, name)
    again.send("good")
    eventually(lambda: len(failing.events()) == 2)
    again.send("bad")
    eventually(lambda: len(failing.events()) >= 4)  # which is tried again
    aws.lambdas.delete_event_source_mapping(UUID=mapping)
    assert [body for batch in bodies(failing) for body in batch].count("good") == 1
