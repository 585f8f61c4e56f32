"""A second witness: Powertools' classes read what functions get (events contract 2 to 7)."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.utilities import data_classes
from event_sources import Line, Source, eventually
from harness import Aws, Function

ACCOUNT = "123456789012"


@pytest.fixture
def name() -> str:
    return f"witness-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def function(aws: Aws) -> Function:
    function = aws.echo(Timeout=1)
    for service in ("sns", "s3", "events"):
        function.allow(f"{service}.amazonaws.com", SourceAccount=ACCOUNT)
    return function


def read(function: Function, reader: Callable[[Any], Any]) -> Any:
    return reader(eventually(function.events)[0])


def test_a_topics_message(aws: Aws, function: Function, name: str) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    arn = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function.arn)["SubscriptionArn"]
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    sns.publish(TopicArn=topic, Message="hello", Subject="hi", MessageAttributes=attributes)
    event = read(function, data_classes.SNSEvent)
    assert (event.sns_message, event.record.event_subscription_arn) == ("hello", arn)
    told = event.record.sns
    assert (told.subject, told.topic_arn, told.get_type) == ("hi", topic, "Notification")
    assert told.message_attributes["a"].value == "b"
    assert all((told.signature, told.signing_cert_url, told.unsubscribe_url, told.timestamp))


def test_an_object_of_a_bucket(aws: Aws, function: Function, name: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    told: Any = {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"LambdaFunctionConfigurations": [told]}
    )
    s3.put_object(Bucket=name, Key="a b/ü+", Body=b"hello")
    event = read(function, data_classes.S3Event)
    assert (event.bucket_name, event.object_key) == (name, "a b/ü+")
    record = event.record
    assert (record.event_name, record.aws_region) == ("ObjectCreated:Put", "us-east-1")
    assert (record.s3.get_object.size, record.s3.get_object.version_id) == (5, None)
    assert record.request_parameters["sourceIPAddress"] == "127.0.0.1"
    assert all((record.user_identity.principal_id, record.s3.get_object.sequencer))


def test_an_event_of_a_rule(aws: Aws, function: Function, name: str) -> None:
    events = aws.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function.arn}])
    entry = {"Source": name, "DetailType": "greeting", "Detail": '{"a": 1}'}
    events.put_events(Entries=[entry])
    event = read(function, data_classes.EventBridgeEvent)
    assert (event.source, event.detail_type, event.detail) == (name, "greeting", {"a": 1})
    assert (event.account, event.region, event.resources) == (ACCOUNT, "us-east-1", [])
    assert event.replay_name is None


def test_a_queues_message(aws: Aws, function: Function, name: str) -> None:
    line = Line(aws, name)
    line.feed(function)
    message = line.send(
        "hello", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}}
    )
    (record,) = read(function, data_classes.SQSEvent).records
    assert (record.body, record.message_id) == ("hello", message)
    assert (record.queue_url.rpartition("/")[2], record.event_source_arn) == (name, line.arn)
    assert record.message_attributes["a"].string_value == "b"
    assert record.attributes.approximate_receive_count == "1"


def test_a_fifo_queues_dead_letter(aws: Aws, function: Function, name: str) -> None:
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "VisibilityTimeout": "1"}
    dead = Line(aws, f"{name}-dead.fifo", **fifo)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    line = Line(aws, f"{name}.fifo", RedrivePolicy=redrive, **fifo)
    line.send("bad", MessageGroupId="group")
    for _ in range(2):
        line.sqs.receive_message(QueueUrl=line.url, VisibilityTimeout=0)
    dead.feed(function)
    (record,) = read(function, data_classes.SQSEvent).records
    assert record.attributes.dead_letter_queue_source_arn == line.arn
    assert record.attributes.message_group_id == "group"
    assert len(record.attributes.sequence_number) == 20
    assert len(record.attributes.message_deduplication_id) == 64


def test_records_of_streams(aws: Aws, function: Function, name: str) -> None:
    kinesis = Source(aws, "kinesis", name)
    kinesis.feed(function)
    kinesis.put("ann")
    (record,) = read(function, data_classes.KinesisStreamEvent).records
    assert record.kinesis.data_as_json() == {"name": "ann"}
    assert (record.kinesis.partition_key, record.event_source_arn) == ("key", kinesis.arn)
    other = aws.echo(Timeout=1)
    table = Source(aws, "dynamodb", name)
    table.feed(other)
    table.put("ann")
    (change,) = read(other, data_classes.DynamoDBStreamEvent).records
    assert change.event_name.name == "INSERT"
    assert (change.dynamodb.keys, change.dynamodb.new_image) == ({"id": "ann"}, {"id": "ann"})
