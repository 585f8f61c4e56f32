"""What SQS refuses of a queue's attributes, and in which words (events contract 2)."""

import json
import uuid
from typing import Any

import pytest
from event_sources import Line
from harness import Aws, refused

VALUE, NAME = "InvalidAttributeValue", "InvalidAttributeName"
GONE = "arn:aws:sqs:us-east-1:123456789012:gone"


@pytest.fixture
def sqs(aws: Aws) -> Any:
    return aws.client("sqs")


@pytest.fixture
def url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName=name())["QueueUrl"])


def name() -> str:
    return f"queue-{uuid.uuid4().hex[:8]}"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("VisibilityTimeout", "foo"),
        ("VisibilityTimeout", "43201"),
        ("DelaySeconds", "-1"),
        ("MaximumMessageSize", "5"),
        ("MessageRetentionPeriod", "59"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("KmsDataKeyReusePeriodSeconds", "1"),
        ("SqsManagedSseEnabled", "foo"),
        ("Policy", "foo"),
    ],
)
def test_a_value_that_no_queue_has(sqs: Any, url: str, attribute: str, value: str) -> None:
    told = f"Invalid value for the parameter {attribute}. ..."
    with refused(VALUE, told):
        sqs.create_queue(QueueName=name(), Attributes={attribute: value})
    with refused(VALUE, told):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={attribute: value})


@pytest.mark.parametrize("attribute", ["Foo", "QueueArn", "FifoQueue", "ContentBasedDeduplication"])
def test_a_name_that_no_such_queue_has(sqs: Any, url: str, attribute: str) -> None:
    with refused(NAME, f"Unknown Attribute {attribute}."):
        sqs.create_queue(QueueName=name(), Attributes={attribute: "false"})
    with refused(NAME, f"Unknown Attribute {attribute}."):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={attribute: "true"})


def test_what_only_fifo_queues_have(sqs: Any) -> None:
    told = "You can specify the DeduplicationScope only when FifoQueue is set to true."
    with refused(NAME, told):
        sqs.create_queue(QueueName=name(), Attributes={"DeduplicationScope": "queue"})


def test_a_queue_stays_what_it_is(sqs: Any) -> None:
    fifo = {"FifoQueue": "true"}
    url = sqs.create_queue(QueueName=f"{name()}.fifo", Attributes=fifo)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=fifo)
    told = "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not ..."
    with refused(VALUE, told):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "false"})


def test_what_has_no_effect_here_is_refused_by_name(sqs: Any, url: str) -> None:
    with refused("NotImplementedException", "The sandbox does not have a queue's Redrive..."):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": "{}"})


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("foo", "Redrive policy is not a valid JSON map."),
        ("{}", "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
        (
            json.dumps({"maxReceiveCount": 1, "deadLetterTargetArn": GONE}),
            "Dead letter target does not exist.",
        ),
        (
            json.dumps({"maxReceiveCount": "x", "deadLetterTargetArn": GONE}),
            "Invalid value for maxReceiveCount: x, valid values are from 1 to 1000 both inclusive.",
        ),
    ],
)
def test_what_is_no_redrive_policy(sqs: Any, url: str, policy: str, told: str) -> None:
    whole = f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {told}"
    with refused("InvalidParameterValue", whole):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})


def test_a_fifo_queues_dead_letters_are_fifo(aws: Aws, sqs: Any) -> None:
    letters = {"maxReceiveCount": "1", "deadLetterTargetArn": Line(aws, name()).arn}
    given = {"FifoQueue": "true", "RedrivePolicy": json.dumps(letters)}
    with refused("InvalidParameterValue", "Value {..."):
        sqs.create_queue(QueueName=f"{name()}.fifo", Attributes=given)


def test_a_queue_is_made_once(sqs: Any) -> None:
    named = name()
    given = {"DelaySeconds": "1", "VisibilityTimeout": "2"}
    url = sqs.create_queue(QueueName=named, Attributes=given)["QueueUrl"]
    for same in ({}, {"DelaySeconds": "1"}):
        assert sqs.create_queue(QueueName=named, Attributes=same)["QueueUrl"] == url
    told = "A queue already exists with the same name and a different value for attribute "
    with refused("QueueAlreadyExists", f"{told}DelaySeconds"):
        sqs.create_queue(QueueName=named, Attributes=given | {"DelaySeconds": "3"})


def test_what_else_is_set_leaves_the_policy(sqs: Any, url: str) -> None:
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    assert json.loads(shown["Policy"])["Statement"] == [allowed]


def test_an_empty_message_is_none(sqs: Any, url: str) -> None:
    told = "The request must contain the parameter MessageBody."
    with refused("MissingParameter", told):
        sqs.send_message(QueueUrl=url, MessageBody="")
