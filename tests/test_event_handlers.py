"""The handlers of notebook 6: what they make of the events, and what their roles must allow."""

import base64
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from event_sources import eventually
from harness import Aws, Function, refused
from more_stacks import deployed

from cognito_sandbox import Sandbox
from helpers import events, experiments

CONTRACT = (Path(__file__).parents[1] / "docs" / "contract" / "events.md").read_text("utf-8")
BATCHES = {
    "QueueMapping": "TakeOrders",
    "StreamMapping": "TakeClicks",
    "TableMapping": "TakeChanges",
}
READING = {
    "QueueMapping": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "StreamMapping": [
        *("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"),
        "kinesis:ListStreams",
    ],
    "TableMapping": [
        *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        "dynamodb:ListStreams",
    ],
}


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

    def click(self, number: str, data: bytes = b"/basket") -> None:
        stream = self.outputs["StreamName"]
        self.aws.client("kinesis").put_record(StreamName=stream, Data=data, PartitionKey=number)

    def change(self, number: str) -> None:
        item = {"Number": {"S": number}, "Price": {"N": str(uuid.uuid4().int % 10**9)}}
        self.aws.client("dynamodb").put_item(TableName=self.outputs["TableName"], Item=item)

    def said(self, name: str, text: str) -> bool:
        """Does the function's log say that, at the end of a line? Waits pass at once."""
        self.aws.post("/_sandbox/clock", {"forward": 5})
        return any(line.rstrip().endswith(text) for line in self.function(name).log())

    def got(self, name: str) -> Any:
        """The last event that the function got."""
        runs = self.aws.get("/_sandbox/runs", function=self.outputs[f"{name}Function"])
        return json.loads(runs[-1]["event"])

    def without(self, name: str, action: str) -> "Role":
        return Role(self.aws, self.outputs[f"{name}Function"], action)


class Role:
    """A function's role, for a while without this action."""

    def __init__(self, aws: Aws, function: str, action: str) -> None:
        self.iam = aws.client("iam")
        found = aws.lambdas.get_function_configuration(FunctionName=function)
        role = found["Role"].rpartition("/")[2]
        for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = {"RoleName": role, "PolicyName": name}
            document = json.dumps(self.iam.get_role_policy(**policy)["PolicyDocument"])
            if f'"{action}"' in document:
                self.policy, self.document, self.action = policy, document, action

    def __enter__(self) -> None:
        document = self.document.replace(f'"{self.action}"', '"none:Nothing"')
        self.iam.put_role_policy(**self.policy, PolicyDocument=document)

    def __exit__(self, *_: object) -> None:
        self.iam.put_role_policy(**self.policy, PolicyDocument=self.document)


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


def test_a_queue(sources: Sources) -> None:
    sources.order("order-1")
    eventually(lambda: sources.said("TakeOrders", "took order-1"))
    assert members(events.of_service("sqs")) == members(sources.got("TakeOrders"))


def test_a_stream(sources: Sources) -> None:
    sources.click("click-1")
    eventually(lambda: sources.said("TakeClicks", "took click-1, /basket"))
    assert members(events.of_service("kinesis")) == members(sources.got("TakeClicks"))


def test_a_table(sources: Sources) -> None:
    sources.change("item-1")
    eventually(lambda: sources.said("TakeChanges", "took item-1"))
    sources.change("item-1")
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


@pytest.mark.parametrize("part", ["", "InPart"])
@pytest.mark.parametrize(
    ("mapping", "action"), [(name, action) for name in READING for action in READING[name]]
)
def test_a_source_is_read_only_with_each_right_of_the_role(
    sources: Sources, mapping: str, action: str, part: str
) -> None:
    name = f"{BATCHES[mapping]}{part}"
    wanted: Any = {"UUID": sources.outputs[mapping], "FunctionName": sources.function(name).name}
    kind = "InvalidParameterValueException"
    with sources.without(name, action), refused(kind):
        sources.aws.lambdas.update_event_source_mapping(**wanted)
    sources.aws.lambdas.update_event_source_mapping(**wanted)


def test_an_object_is_looked_at_only_with_the_right(sources: Sources) -> None:
    event = events.of_service("s3")
    event["Records"][0]["s3"]["bucket"]["name"] = sources.outputs["BucketName"]
    sources.put("report.txt")
    with sources.without("NoteUpload", "s3:GetObject"):
        assert "FunctionError" in sources.function("NoteUpload").invoke(event)
    assert sources.function("NoteUpload").result(event) is None


@pytest.mark.parametrize("part", ["", "InPart"])
def test_who_lost_records_says_so_only_with_the_right(sources: Sources, part: str) -> None:
    """A click that comes after the bad one is taken once that one was given up."""
    name, queue = f"TakeClicks{part}", sources.aws.client("sqs")
    lambdas, mapping = sources.aws.lambdas, sources.outputs["StreamMapping"]
    lambdas.update_event_source_mapping(
        UUID=mapping,
        FunctionName=sources.function(name).name,
        FunctionResponseTypes=["ReportBatchItemFailures"] if part else [],
    )
    told: list[Any] = []

    def read() -> bool:
        sources.aws.post("/_sandbox/clock", {"forward": 5})
        found = queue.receive_message(QueueUrl=sources.outputs["GivenUpQueueUrl"])
        told.extend(json.loads(each["Body"]) for each in found.get("Messages", []))
        return bool(told)

    with sources.without(name, "sqs:SendMessage"):
        sources.click(f"bad-1{part}", b"\xff")
        eventually(lambda: sources.said(name, f"got bad-1{part}"))
        sources.click(f"good{part}")
        eventually(lambda: read() or sources.said(name, f"took good{part}, /basket"))
    assert not told
    sources.click(f"bad-2{part}", b"\xff")
    eventually(read)
    assert told[0]["KinesisBatchInfo"]["batchSize"] == 1


DATABASE = """
import json

class Cursor:
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def execute(self, question, values): self.answer = sum(values)
    def fetchone(self): return [self.answer]

class Connection(Cursor):
    def cursor(self): return Cursor()

def connect(**given):
    print(json.dumps(given))
    return Connection()
"""


def test_a_database_is_asked_with_a_token_over_tls(aws: Aws) -> None:
    """The stand-in is in a layer, where the real pymysql would be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("python/pymysql.py", DATABASE)
    layer = aws.lambdas.publish_layer_version(
        LayerName="pymysql", Content={"ZipFile": packed.getvalue()}
    )
    place = {"DB_HOST": "db.example.com", "DB_PORT": "3306", "DB_USER": "ann", "DB_NAME": "shop"}
    place |= {"DB_CA": "/opt/rds-ca.pem"}
    function = aws.function(
        experiments.source("ask_database").code,
        Layers=[layer["LayerVersionArn"]],
        Environment={"Variables": place},
    )
    assert function.result({}) == {"sum": 5}
    (given,) = function.events()
    assert given.pop("ssl") == {"ca": "/opt/rds-ca.pem"}
    token = given.pop("password")
    assert token.startswith("db.example.com:3306/?Action=connect&DBUser=ann&")
    assert "X-Amz-Expires=900" in token
    assert "X-Amz-Signature=" in token
    assert given == {"host": "db.example.com", "port": 3306, "user": "ann", "database": "shop"}
