"""What a queue's messages are in an event, member by member (events contract 2.1)."""

import base64
import hashlib
import json
import struct
import uuid
from typing import Any

import pytest
from event_sources import Line, eventually, letter
from harness import Aws, Function, refused

from cognito_sandbox import Sandbox

TIMES = ("SentTimestamp", "ApproximateFirstReceiveTimestamp")
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"


@pytest.fixture
def line(aws: Aws) -> Line:
    return Line(aws, f"line-{uuid.uuid4().hex[:8]}")


def fifo(aws: Aws, **attributes: str) -> Line:
    return Line(aws, f"line-{uuid.uuid4().hex[:8]}.fifo", FifoQueue="true", **attributes)


def record_of(function: Function) -> dict[str, Any]:
    """The one record that came, without what is different each time."""
    ((record,),) = (event["Records"] for event in eventually(function.events))
    assert record.pop("receiptHandle")
    for name in TIMES:
        assert abs(int(record["attributes"].pop(name)) / 1000 - function.aws.now()) < 60
    assert record["attributes"].pop("SenderId")
    return dict(record)


def md5_of(attributes: list[tuple[str, str, int, bytes]]) -> str:
    """As AWS computes it: of names, types and values in their order, each with its length."""
    packed = b""
    for name, kind, transport, value in sorted(attributes):
        for part in (name.encode(), kind.encode()):
            packed += struct.pack("!I", len(part)) + part
        packed += bytes([transport]) + struct.pack("!I", len(value)) + value
    return hashlib.md5(packed).hexdigest()


def test_a_fifo_queues_message(aws: Aws) -> None:
    line, function = fifo(aws), aws.echo(Timeout=1)
    line.feed(function)
    sent = line.sqs.send_message(
        QueueUrl=line.url, MessageBody="hello", MessageGroupId="group", MessageDeduplicationId="one"
    )
    assert len(sent["SequenceNumber"]) == 20
    assert record_of(function) == {
        "messageId": sent["MessageId"],
        "body": "hello",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SequenceNumber": sent["SequenceNumber"],
            "MessageGroupId": "group",
            "MessageDeduplicationId": "one",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(b"hello").hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": line.arn,
        "awsRegion": "us-east-1",
    }


def test_a_fifo_queue_numbers_its_messages_and_names_them_by_their_content(aws: Aws) -> None:
    line, function = fifo(aws, ContentBasedDeduplication="true"), aws.echo(Timeout=1)
    line.feed(function)
    entries = [
        {"Id": str(number), "MessageBody": str(number), "MessageGroupId": f"group-{number % 2}"}
        for number in range(8)
    ]
    sent = line.sqs.send_message_batch(QueueUrl=line.url, Entries=entries)["Successful"]
    numbers = [each["SequenceNumber"] for each in sent]
    assert numbers == sorted(set(numbers))

    def records() -> list[dict[str, Any]]:
        return [record for event in function.events() for record in event["Records"]]

    eventually(lambda: len(records()) == 8)
    for record in records():
        named = hashlib.sha256(record["body"].encode()).hexdigest()
        assert record["attributes"]["MessageDeduplicationId"] == named
        assert record["attributes"]["SequenceNumber"] == numbers[int(record["body"])]


def test_attributes_of_each_kind(line: Line) -> None:
    function = line.aws.echo(Timeout=1)
    line.feed(function)
    line.send(
        "hello",
        MessageAttributes={
            "Author": {"DataType": "String", "StringValue": "Ann"},
            "Pages": {"DataType": "Number", "StringValue": "42"},
            "Cover": {"DataType": "Binary.png", "BinaryValue": b"\x89PNG\x00\xff"},
        },
    )
    record = record_of(function)
    empty: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert record["messageAttributes"] == {
        "Author": empty | {"stringValue": "Ann", "dataType": "String"},
        "Pages": empty | {"stringValue": "42", "dataType": "Number"},
        "Cover": empty
        | {
            "binaryValue": base64.b64encode(b"\x89PNG\x00\xff").decode(),
            "dataType": "Binary.png",
        },
    }
    assert record["md5OfMessageAttributes"] == md5_of(
        [
            ("Author", "String", 1, b"Ann"),
            ("Pages", "Number", 1, b"42"),
            ("Cover", "Binary.png", 2, b"\x89PNG\x00\xff"),
        ]
    )


def test_a_trace_comes_along(line: Line) -> None:
    function, header = line.aws.echo(Timeout=1), {"DataType": "String", "StringValue": TRACE}
    line.feed(function)
    line.send("hello", MessageSystemAttributes={"AWSTraceHeader": header})
    assert record_of(function)["attributes"]["AWSTraceHeader"] == TRACE


class Lost:
    """A queue whose messages go to the dead letters once they were received once."""

    def __init__(self, line: Line) -> None:
        self.line, self.dead = line, Line(line.aws, f"dead-{uuid.uuid4().hex[:8]}")
        redrive = json.dumps({"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": 1})
        line.sqs.set_queue_attributes(QueueUrl=line.url, Attributes={"RedrivePolicy": redrive})

    def lose(self, body: str) -> str:
        sent = self.line.send(body)
        read = {"QueueUrl": self.line.url, "VisibilityTimeout": 0}
        self.line.sqs.receive_message(**read)
        assert "Messages" not in self.line.sqs.receive_message(**read)
        return sent


def test_a_dead_letter_tells_where_it_comes_from(line: Line) -> None:
    lost, function = Lost(line), line.aws.echo(Timeout=1)
    sent = lost.lose("bad")
    lost.dead.feed(function)
    record = record_of(function)
    assert (record["messageId"], record["body"]) == (sent, "bad")
    assert record["attributes"] == {
        "ApproximateReceiveCount": "2",
        "DeadLetterQueueSourceArn": line.arn,
    }


@pytest.mark.parametrize("name", ["All", "DeadLetterQueueSourceArn"])
def test_who_reads_dead_letters_is_told_it_too(line: Line, name: str) -> None:
    lost = Lost(line)
    read = {"QueueUrl": lost.dead.url, "VisibilityTimeout": 0}
    lost.dead.send("sent here")
    lost.lose("bad")
    asked = line.sqs.receive_message(
        **read, MessageSystemAttributeNames=[name], MaxNumberOfMessages=10
    )
    sources = {
        each["Body"]: each.get("Attributes", {}).get("DeadLetterQueueSourceArn")
        for each in asked["Messages"]
    }
    assert sources == {"sent here": None, "bad": line.arn}
    shown = line.sqs.receive_message(**read, MaxNumberOfMessages=10)["Messages"]
    assert not any("Attributes" in each for each in shown)


def test_a_dead_letter_queue_that_was_made_again_gets_them(line: Line) -> None:
    lost = Lost(line)
    line.sqs.delete_queue(QueueUrl=lost.dead.url)
    again = Line(line.aws, lost.dead.arn.rpartition(":")[2])
    lost.lose("bad")
    assert letter(again)["Body"] == "bad"


def test_one_call_takes_six_megabytes(line: Line) -> None:
    function = line.aws.function(
        "import json\n"
        "def handler(event, context):\n"
        "    bodies = [record['body'][0] for record in event['Records']]\n"
        "    print(json.dumps({'bodies': bodies, 'size': len(json.dumps(event))}))\n",
        Timeout=1,
    )
    for number in range(8):
        line.send(str(number) * 1_000_000)
    line.feed(function)
    eventually(lambda: sum(len(event["bodies"]) for event in function.events()) == 8)
    assert sorted("".join(sorted(event["bodies"])) for event in function.events()) == [
        "012345",
        "67",
    ]
    assert max(event["size"] for event in function.events()) < 6_291_456


def test_times_are_told_as_they_are_where_waits_are_hurried() -> None:
    with Sandbox(speed=1000) as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        line, other = (Line(aws, name, VisibilityTimeout="43200") for name in ("one", "other"))
        function = aws.echo(Timeout=1)
        line.feed(function)
        line.send("hello")
        assert record_of(function)["body"] == "hello"
        other.send("hello")
        (shown,) = other.sqs.receive_message(QueueUrl=other.url, AttributeNames=["All"])["Messages"]
        for name in TIMES:
            assert abs(int(shown["Attributes"][name]) / 1000 - aws.now()) < 60


@pytest.mark.parametrize("missing", ["Id", "MessageBody"])
def test_an_entry_of_a_batch_has_an_id_and_a_body(line: Line, missing: str) -> None:
    entries = [{"Id": "1", "MessageBody": "one"}, {"Id": "2", "MessageBody": "two", missing: ""}]
    told = f"The request must contain the parameter SendMessageBatchRequestEntry.2.{missing}."
    with refused("MissingParameter", told):
        line.sqs.send_message_batch(QueueUrl=line.url, Entries=entries)
    assert line.attribute("ApproximateNumberOfMessages") == "0"
