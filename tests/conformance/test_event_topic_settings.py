"""What SNS refuses of topics, subscriptions and messages (events contract 4)."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws, refused

INVALID = "InvalidParameter"
KEYS = json.dumps({str(number): ["a"] for number in range(6)})


@pytest.fixture
def sns(aws: Aws) -> Any:
    return aws.client("sns")


@pytest.fixture
def topic(sns: Any) -> str:
    return str(sns.create_topic(Name=name())["TopicArn"])


@pytest.fixture(scope="module")
def function(aws: Aws) -> str:
    return aws.echo().arn


def name() -> str:
    return f"topic-{uuid.uuid4().hex[:8]}"


def subscribe(sns: Any, topic: str, function: str, **attributes: str) -> str:
    named = {"TopicArn": topic, "Protocol": "lambda", "Endpoint": function}
    made = sns.subscribe(**named, Attributes=attributes, ReturnSubscriptionArn=True)
    return str(made["SubscriptionArn"])


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [
        ("FilterPolicy", KEYS, "FilterPolicy: Filter policy can not have more than 5 keys"),
        ("FilterPolicy", "nope", "FilterPolicy: failed to parse JSON. ..."),
        ("FilterPolicy", '["a"]', "FilterPolicy: failed to parse JSON. ..."),
        ("FilterPolicy", '{"a": "b"}', "FilterPolicy: ..."),
        (
            "FilterPolicyScope",
            "X",
            "FilterPolicyScope: Invalid value [X]. Please use either MessageBody or "
            "MessageAttributes",
        ),
        (
            "RawMessageDelivery",
            "foo",
            "RawMessageDelivery: Invalid value [foo]. Must be true or false.",
        ),
        ("RedrivePolicy", "nope", "RedrivePolicy: failed to parse JSON. ..."),
        (
            "RedrivePolicy",
            '{"deadLetterTargetArn": "foo"}',
            "RedrivePolicy: deadLetterTargetArn is an invalid arn",
        ),
        (
            "RedrivePolicy",
            '{"maxReceiveCount": 1}',
            "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown.",
        ),
    ],
)
def test_a_bad_attribute_is_refused_of_a_new_subscription_and_of_one_that_is_there(
    sns: Any, topic: str, function: str, attribute: str, value: str, told: str
) -> None:
    with refused(INVALID, f"Invalid parameter: Attributes Reason: {told}"):
        subscribe(sns, topic, function, **{attribute: value})
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    made = subscribe(sns, topic, function)
    with refused(INVALID, f"Invalid parameter: {told}"):
        sns.set_subscription_attributes(
            SubscriptionArn=made, AttributeName=attribute, AttributeValue=value
        )


def test_an_attribute_that_no_subscription_has(sns: Any, topic: str, function: str) -> None:
    with refused(INVALID, "Invalid parameter: ..."):
        subscribe(sns, topic, function, Foo="x")
    made = subscribe(sns, topic, function)
    with refused(INVALID, "Invalid parameter: AttributeName"):
        sns.set_subscription_attributes(
            SubscriptionArn=made, AttributeName="Foo", AttributeValue="x"
        )


def test_an_endpoint_is_subscribed_once(sns: Any, topic: str, function: str) -> None:
    policy = '{"kind": ["order"]}'
    made = subscribe(sns, topic, function, FilterPolicy=policy)
    again = [{}, {"FilterPolicy": policy}, {"FilterPolicyScope": "MessageAttributes"}]
    assert [subscribe(sns, topic, function, **given) for given in again] == [made] * 3
    told = "Invalid parameter: Attributes Reason: Subscription already exists with different ..."
    with refused(INVALID, told):
        subscribe(sns, topic, function, FilterPolicy='{"kind": ["note"]}')
    shown = sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"]
    assert shown["FilterPolicy"] == policy


def test_an_endpoint_is_an_arn(sns: Any, topic: str, function: str) -> None:
    with refused(INVALID, "Invalid parameter: SQS endpoint ARN"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="http://127.0.0.1/queue")
    with refused(INVALID, "Invalid parameter: ..."):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function.rpartition(":")[2])


def test_who_is_subscribed_no_more_is_named_by_an_arn(sns: Any, topic: str) -> None:
    told = "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"
    with refused(INVALID, told):
        sns.unsubscribe(SubscriptionArn="foo")
    sns.unsubscribe(SubscriptionArn=f"{topic}:{uuid.uuid4()}")


def test_a_topic_is_made_once(sns: Any) -> None:
    named = name()
    topic = sns.create_topic(Name=named, Attributes={"DisplayName": "one"})["TopicArn"]
    for given in ({}, {"DisplayName": "one"}, {"FifoTopic": "false"}, {"SignatureVersion": "1"}):
        assert sns.create_topic(Name=named, Attributes=given)["TopicArn"] == topic
    told = "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
    for given in ({"DisplayName": "two"}, {"SignatureVersion": "2"}):
        with refused(INVALID, told):
            sns.create_topic(Name=named, Attributes=given)
    told = "Invalid parameter: Tags Reason: Topic already exists with different tags"
    with refused(INVALID, told):
        sns.create_topic(Name=named, Tags=[{"Key": "a", "Value": "b"}])


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("Foo", "x"),
        ("Policy", "nope"),
        ("ContentBasedDeduplication", "x"),
        ("SignatureVersion", "9"),
    ],
)
def test_what_is_no_attribute_of_a_topic(sns: Any, topic: str, attribute: str, value: str) -> None:
    with refused(INVALID, "Invalid parameter: ..."):
        sns.create_topic(Name=name(), Attributes={attribute: value})
    with refused(INVALID, "Invalid parameter: ..."):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=attribute, AttributeValue=value)


def test_a_topic_stays_what_it_is(sns: Any, topic: str) -> None:
    with refused(INVALID, "Invalid parameter: AttributeName"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="FifoTopic", AttributeValue="false")


@pytest.mark.parametrize("attribute", ["LambdaFailureFeedbackRoleArn", "MaximumMessageSize"])
def test_what_has_no_effect_here_is_refused_by_name(sns: Any, topic: str, attribute: str) -> None:
    with refused("NotImplementedException", f"The sandbox does not have a topic's {attribute}..."):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=attribute, AttributeValue="1")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Message": ""}, "Empty message"),
        ({"Message": "m", "Subject": ""}, "Subject"),
        ({"Message": "m", "Subject": "two\nlines"}, "Subject"),
        ({"Message": "é" * 131_073}, "Message too long"),
        (
            {"Message": "m", "MessageStructure": "json"},
            "Message Structure - JSON message body failed to parse",
        ),
        (
            {"Message": '{"lambda": "m"}', "MessageStructure": "json"},
            "Message Structure - No default entry in JSON message body",
        ),
    ],
)
def test_what_is_no_message(sns: Any, topic: str, given: dict[str, str], told: str) -> None:
    with refused(INVALID, f"Invalid parameter: {told}"):
        sns.publish(TopicArn=topic, **given)


def test_of_a_batch_what_is_no_message_fails_alone(sns: Any, topic: str) -> None:
    entries = [
        {"Id": "empty", "Message": ""},
        {"Id": "lines", "Message": "m", "Subject": "a\nb"},
        {"Id": "good", "Message": "m"},
    ]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["good"]
    assert [(each["Id"], each["Message"]) for each in answer["Failed"]] == [
        ("empty", "Invalid parameter: Empty message"),
        ("lines", "Invalid parameter: Subject"),
    ]


def test_a_topic_that_is_not_there(sns: Any, topic: str) -> None:
    with refused("NotFound", "Topic does not exist"):
        sns.publish(TopicArn=f"{topic}-gone", Message="m")
