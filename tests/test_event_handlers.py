"""The handlers of notebook 6: what they make of the events, and what they do with a right."""

import base64
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from event_sources import eventually
from harness import Aws, Function
from more_stacks import deployed, without

from cognito_sandbox import Sandbox
from helpers import events

TELLING = ("TakeClicks", "TakeClicksInPart", "TakeChanges", "TakeChangesInPart")
CONTRACT = (Path(__file__).parents[1] / "docs" / "contract" / "events.md").read_text("utf-8")


class Sources:
    """The stack, with ways to have its functions called."""

    def __init__(self, aws: Aws, outputs: dict[str, str]) -> None:
        self.aws, self.outputs = aws, outputs

    def function(self, name: str) -> Function:
        return Function(self.aws, self.outputs[f"{name}Function"], "")

    def put(self, key: str) -> None:
        place = {"Bucket": self.outputs["BucketName"], "Key": key}
        self.aws.client("s3").put_object(**place, Body=b"hello", ContentType="text/plain")

    def publish(self, text: str) -> None:
        topic = self.outputs["TopicArn"]
        self.aws.client("sns").publish(TopicArn=topic, Subject="News", Message=text)

    def order(self, number: str) -> None:
        body = json.dumps({"number": number, "price": 10})
        self.aws.client("sqs").send_message(QueueUrl=self.outputs["QueueUrl"], MessageBody=body)

    def send(self, name: str, number: str, good: bool = True) -> None:
        """A click or a change for this function; one that is not good cannot be taken."""
        if name.startswith("TakeClicks"):
            click = {"Data": b"/basket" if good else b"\xff", "PartitionKey": number}
            self.aws.client("kinesis").put_record(StreamName=self.outputs["StreamName"], **click)
        else:
            item = {"Number": {"S": number}}
            item |= {"Price": {"N": str(uuid.uuid4().int % 10**9)}} if good else {}
            self.aws.client("dynamodb").put_item(TableName=self.outputs["TableName"], Item=item)

    def call(self, name: str) -> None:
        """Have the stream or table call this function, from now on."""
        mapping = "StreamMapping" if name.startswith("TakeClicks") else "TableMapping"
        self.aws.lambdas.update_event_source_mapping(
            UUID=self.outputs[mapping],
            FunctionName=self.function(name).name,
            FunctionResponseTypes=["ReportBatchItemFailures"] if name.endswith("InPart") else [],
        )

    def said(self, name: str, text: str) -> bool:
        """Does a line of the function's log end so, but for an address? Waits pass at once."""
        self.aws.post("/_sandbox/clock", {"forward": 5})
        lines = (line.rstrip().removesuffix(", /basket") for line in self.function(name).log())
        return any(line.endswith(text) for line in lines)

    def got(self, name: str) -> Any:
        """The last event that the function got. Waits pass at once."""
        self.aws.post("/_sandbox/clock", {"forward": 5})
        runs = self.aws.get("/_sandbox/runs", function=self.outputs[f"{name}Function"])
        return json.loads(runs[-1]["event"])

    def without(self, name: str, action: str) -> AbstractContextManager[None]:
        return without(self.aws, self.outputs[f"{name}Function"], action)


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    """In a sandbox of their own, whose clock they move."""
    with Sandbox() as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        with deployed(aws, "event_sources") as outputs:
            yield Sources(aws, outputs)


def members(value: Any) -> Any:
    """What an event is made of: its members, and of what kind each is."""
    if isinstance(value, dict):
        return {name: members(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [members(inner) for inner in value[:1]]
    return type(value)


def test_a_bucket(sources: Sources) -> None:
    sources.put("a summer day+1.txt")
    told = "a+summer+day%2B1.txt means a summer day+1.txt, which is of type text/plain."
    eventually(lambda: sources.said("NoteUpload", told))
    assert members(events.of_service("s3")) == members(sources.got("NoteUpload"))


def test_a_topic(sources: Sources) -> None:
    sources.publish("The shop is open")
    eventually(lambda: sources.said("NoteMessage", "Message: The shop is open"))
    assert members(events.of_service("sns")) == members(sources.got("NoteMessage"))


def test_a_topic_in_a_ready_event(sources: Sources) -> None:
    event = events.of_service("sns")
    event["Records"][0]["Sns"]["Message"] = "Closed on Mondays"
    assert sources.function("NoteMessage").result(event) is None
    eventually(lambda: sources.said("NoteMessage", "Message: Closed on Mondays"))


def test_a_queue(sources: Sources) -> None:
    sources.order("order-1")
    eventually(lambda: sources.said("TakeOrders", "took order-1"))
    assert members(events.of_service("sqs")) == members(sources.got("TakeOrders"))


def test_a_stream(sources: Sources) -> None:
    sources.send("TakeClicks", "click-1")
    eventually(lambda: sources.said("TakeClicks", "took click-1"))
    assert members(events.of_service("kinesis")) == members(sources.got("TakeClicks"))


def test_a_table(sources: Sources) -> None:
    sources.send("TakeChanges", "item-1")
    eventually(lambda: sources.said("TakeChanges", "took item-1"))
    sources.send("TakeChanges", "item-1")
    eventually(lambda: sources.got("TakeChanges")["Records"][0]["eventName"] == "MODIFY")
    assert members(events.of_service("dynamodb")) == members(sources.got("TakeChanges"))


def batch(service: str, bad: int | None) -> dict[str, Any]:
    """An event of three records, record-0 to record-2, one of them bad."""
    records = []
    for number in range(3):
        each = events.of_service(service)["Records"][0]
        if service == "sqs":
            each["body"] = json.dumps({"number": number} | ({} if number == bad else {"price": 1}))
            each["messageId"] = f"record-{number}"
        elif service == "kinesis":
            data = b"\xff" if number == bad else b"/"
            each["kinesis"] |= {
                "data": base64.b64encode(data).decode(),
                "partitionKey": str(number),
            }
            each["kinesis"]["sequenceNumber"] = f"record-{number}"
        else:
            each["dynamodb"]["SequenceNumber"] = f"record-{number}"
            if number == bad:
                del each["dynamodb"]["NewImage"]["Price"]
        records.append(each)
    return {"Records": records}


@pytest.mark.parametrize("service", ["sqs", "kinesis", "dynamodb"])
@pytest.mark.parametrize("bad", [None, 0, 1, 2])
def test_a_batch_all_or_none_and_in_part(sources: Sources, service: str, bad: int | None) -> None:
    name = {"sqs": "TakeOrders", "kinesis": "TakeClicks", "dynamodb": "TakeChanges"}[service]
    event = batch(service, bad)
    whole = sources.function(name).invoke(event)
    assert ("FunctionError" in whole) == (bad is not None)
    failed = [] if bad is None else [{"itemIdentifier": f"record-{bad}"}]
    assert sources.function(f"{name}InPart").result(event) == {"batchItemFailures": failed}


def test_a_message_that_is_no_json_keeps_no_other_from_being_taken(sources: Sources) -> None:
    event = batch("sqs", bad=None)
    for number, body in enumerate(["no JSON", "{}"]):
        event["Records"][number]["body"] = body
    reported = sources.function("TakeOrdersInPart").result(event)["batchItemFailures"]
    assert reported == [{"itemIdentifier": "record-0"}, {"itemIdentifier": "record-1"}]


@pytest.mark.parametrize("name", ["TakeChanges", "TakeChangesInPart"])
def test_a_removed_item_is_taken(sources: Sources, name: str) -> None:
    event = events.of_service("dynamodb")
    event["Records"][0]["eventName"] = "REMOVE"
    del event["Records"][0]["dynamodb"]["NewImage"]
    assert "FunctionError" not in sources.function(name).invoke(event)


def test_kafka(sources: Sources) -> None:
    event = events.of_service("msk")
    assert sources.function("NoteKafka").result(event) is None
    eventually(lambda: sources.said("NoteKafka", "orders-0, offset 15: two pots of tea"))


@pytest.mark.parametrize(("kind", "shown"), [("insert", "fullDocument"), ("delete", "documentKey")])
def test_documentdb(sources: Sources, kind: str, shown: str) -> None:
    event = events.of_service("documentdb")
    change = event["events"][0]["event"]
    document = json.dumps(change[shown])
    change["operationType"] = kind
    if kind == "delete":
        del change["fullDocument"]
    assert sources.function("NoteDocument").result(event) is None
    eventually(lambda: sources.said("NoteDocument", f"{kind} in shop.orders: {document}"))


def test_the_ready_events_that_nothing_sends_here_are_as_the_contract_has_them() -> None:
    kafka, document = events.of_service("msk"), events.of_service("documentdb")
    (records,) = kafka["records"].items()
    record = records[1][0]
    assert records[0] == f"{record['topic']}-{record['partition']}"
    (header,) = record["headers"]
    assert bytes(next(iter(header.values()))) == b"shop"
    change = document["events"][0]
    assert [change.keys()] == [{"event"}]
    told = set(re.findall(r"`(\w+)`", CONTRACT.partition("## 9. MSK")[2]))
    assert {*kafka, *record, *document, "event", *change["event"]} <= told
    assert (kafka["eventSource"], document["eventSource"]) == ("aws:kafka", "aws:docdb")


def test_an_object_is_looked_at_only_with_the_right(sources: Sources) -> None:
    event = events.of_service("s3")
    event["Records"][0]["s3"]["bucket"]["name"] = sources.outputs["BucketName"]
    sources.put("report.txt")
    with sources.without("NoteUpload", "s3:GetObject"):
        assert "FunctionError" in sources.function("NoteUpload").invoke(event)
    assert sources.function("NoteUpload").result(event) is None


@pytest.mark.parametrize("name", TELLING)
def test_who_lost_records_says_so_only_with_the_right(sources: Sources, name: str) -> None:
    """A record that comes after the bad one is taken once that one was given up."""
    told: list[Any] = []

    def read() -> bool:
        sources.aws.post("/_sandbox/clock", {"forward": 5})
        queue, place = sources.aws.client("sqs"), {"QueueUrl": sources.outputs["GivenUpQueueUrl"]}
        for each in queue.receive_message(**place).get("Messages", []):
            queue.delete_message(**place, ReceiptHandle=each["ReceiptHandle"])
            told.append(json.loads(each["Body"]))
        return bool(told)

    sources.call(name)
    with sources.without(name, "sqs:SendMessage"):
        sources.send(name, f"bad-1 of {name}", good=False)
        eventually(lambda: sources.said(name, f"got bad-1 of {name}"))
        sources.send(name, f"good of {name}")
        eventually(lambda: read() or sources.said(name, f"took good of {name}"))
    assert not told
    sources.send(name, f"bad-2 of {name}", good=False)
    eventually(read)
    (info,) = (value for key, value in told[0].items() if key.endswith("BatchInfo"))
    assert info["batchSize"] == 1
