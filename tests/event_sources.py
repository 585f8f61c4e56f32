"""Queues and streams for tests, with functions behind them."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from harness import Aws, Function, policy


def feed(aws: Aws, source_arn: str, function: Function, **settings: Any) -> dict[str, Any]:
    """Have the source invoke the function; the settings may be ones that Lambda refuses."""
    api: Any = aws.lambdas
    named = {"EventSourceArn": source_arn, "FunctionName": function.name}
    return dict(api.create_event_source_mapping(**named, **settings))


class Line:
    """A queue with a function behind it."""

    def __init__(self, aws: Aws, name: str, **attributes: str) -> None:
        self.aws, self.sqs = aws, aws.client("sqs")
        made = {"VisibilityTimeout": "1"} | attributes
        self.url = self.sqs.create_queue(QueueName=name, Attributes=made)["QueueUrl"]
        self.arn = self.attribute("QueueArn")

    def attribute(self, name: str) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return str(found["Attributes"][name])

    def admit(self, service: str, **condition: Any) -> "Line":
        """Let a service send, as the queue's policy says."""
        document = letting(service, "sqs:SendMessage", self.arn, condition)
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": document})
        return self

    def send(self, body: str, **more: Any) -> str:
        return str(self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)["MessageId"])

    def feed(self, function: Function, **settings: Any) -> dict[str, Any]:
        return feed(self.aws, self.arn, function, **settings)


def admit(aws: Aws, topic_arn: str, service: str, **condition: Any) -> None:
    """Let a service publish, as the topic's policy says."""
    aws.client("sns").set_topic_attributes(
        TopicArn=topic_arn,
        AttributeName="Policy",
        AttributeValue=letting(service, "sns:Publish", topic_arn, condition),
    )


def letting(
    service: str, action: str, resource: str, condition: dict[str, Any] | None = None
) -> str:
    """The policy of a resource, which lets a service in."""
    who = {"Effect": "Allow", "Principal": {"Service": service}}
    what = {"Action": action, "Resource": resource}
    return policy(who | what | ({"Condition": condition} if condition else {}))


def eventually(holds: Callable[[], Any], seconds: float = 10) -> Any:
    """What the call gives, once it gives something that is true."""
    deadline = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found
    return found


class Source:
    """A Kinesis stream of one shard, or a table with its stream."""

    def __init__(
        self, aws: Aws, kind: str, name: str, view: str = "NEW_AND_OLD_IMAGES", key: str = "S"
    ) -> None:
        self.aws, self.kind, self.name = aws, kind, name
        if kind == "kinesis":
            self.api = aws.client("kinesis")
            self.api.create_stream(StreamName=name, ShardCount=1)
            found = self.api.describe_stream(StreamName=name)["StreamDescription"]
            self.arn = found["StreamARN"]
        else:
            self.api = aws.client("dynamodb")
            made = self.api.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": key}],
                BillingMode="PAY_PER_REQUEST",
                StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
            )
            self.arn = made["TableDescription"]["LatestStreamArn"]

    def put(self, name: str) -> None:
        if self.kind == "kinesis":
            data = json.dumps({"name": name}).encode()
            self.api.put_record(StreamName=self.name, PartitionKey="key", Data=data)
        else:
            self.api.put_item(TableName=self.name, Item={"id": {"S": name}})

    def feed(
        self, function: Function, start: str = "TRIM_HORIZON", **settings: Any
    ) -> dict[str, Any]:
        return feed(self.aws, self.arn, function, StartingPosition=start, **settings)


def name_of(record: dict[str, Any]) -> str:
    """The name that `Source.put` gave a record."""
    if "kinesis" in record:
        return str(json.loads(base64.b64decode(record["kinesis"]["data"]))["name"])
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def names(function: Function) -> list[list[str]]:
    """The names of each batch."""
    return [[name_of(record) for record in event["Records"]] for event in function.events()]


def flat(function: Function) -> list[str]:
    """The names of all batches in a row."""
    return [name for batch in names(function) for name in batch]


def pass_by(aws: Aws, seconds: float) -> None:
    """Move the sandbox's clock."""
    aws.post("/_sandbox/clock", {"forward": seconds})


def letter(line: Line) -> dict[str, Any]:
    """The one message that is there, once it is."""
    (found,) = eventually(
        lambda: line.sqs.receive_message(QueueUrl=line.url, MessageAttributeNames=["All"]).get(
            "Messages"
        )
    )
    return dict(found)


def failing(aws: Aws, body: str) -> Function:
    """One that knows which records are bad, and does with them what the body says."""
    return aws.function(
        "import base64, json\n"
        "def name(record):\n"
        "    if 'kinesis' in record:\n"
        "        return json.loads(base64.b64decode(record['kinesis']['data']))['name']\n"
        "    return record['dynamodb']['Keys']['id']['S']\n"
        "def number(record):\n"
        "    return record.get('kinesis', record.get('dynamodb'))"
        ".get('sequenceNumber') or record['dynamodb']['SequenceNumber']\n"
        "def handler(event, context):\n"
        "    print(json.dumps(event))\n"
        "    bad = [r for r in event['Records'] if name(r) == 'bad']\n"
        f"    {body}\n"
    )
