"""What a topic's functions get, and when they do not (events contract 4)."""

import base64
import json
import re
import uuid
from typing import Any

import pytest
from event_sources import Line, eventually, letter
from harness import Aws, Function, refused


class Topic:
    """A topic, and the functions that are subscribed to it."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.sns = aws, aws.client("sns")
        self.arn = str(self.sns.create_topic(Name=f"topic-{uuid.uuid4().hex[:8]}")["TopicArn"])

    def function(self, body: str = "pass", **attributes: str) -> Function:
        """One that is permitted and subscribed."""
        function = self.aws.echo(body)
        function.allow("sns.amazonaws.com", SourceArn=self.arn)
        self.subscribe(function.arn, **attributes)
        return function

    def subscribe(self, arn: str, protocol: str = "lambda", **attributes: str) -> str:
        answer = self.sns.subscribe(
            TopicArn=self.arn,
            Protocol=protocol,
            Endpoint=arn,
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])

    def admitted(self, name: str, **attributes: str) -> Line:
        """A queue that lets the topic in."""
        line = Line(self.aws, f"{name}-{uuid.uuid4().hex[:8]}", **attributes)
        return line.admit("sns.amazonaws.com", ArnEquals={"aws:SourceArn": self.arn})

    def publish(self, message: str = "hello", **more: Any) -> str:
        return str(self.sns.publish(TopicArn=self.arn, Message=message, **more)["MessageId"])


@pytest.fixture
def topic(aws: Aws) -> Topic:
    return Topic(aws)


def told(function: Function, count: int = 1) -> list[dict[str, Any]]:
    eventually(lambda: len(function.events()) >= count)
    return [record["Sns"] for event in function.events() for record in event["Records"]]


def messages(function: Function, count: int = 1) -> list[str]:
    return sorted(each["Message"] for each in told(function, count))


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def test_a_function_gets_the_whole_event(topic: Topic) -> None:
    function = topic.aws.echo()
    function.allow("sns.amazonaws.com", SourceArn=topic.arn)
    subscription = topic.subscribe(function.arn)
    message = topic.publish()
    (event,) = eventually(function.events)
    (record,) = event["Records"]
    sns = record.pop("Sns")
    assert record == {
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription,
        "EventSource": "aws:sns",
    }
    assert subscription.startswith(f"{topic.arn}:")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sns.pop("Timestamp"))
    assert base64.b64decode(sns.pop("Signature"), validate=True)
    certificate = r"https://sns\.us-east-1\.amazonaws\.com/SimpleNotificationService-\w{32}\.pem"
    assert re.fullmatch(certificate, sns.pop("SigningCertUrl"))
    assert sns.pop("UnsubscribeUrl").endswith(f"?Action=Unsubscribe&SubscriptionArn={subscription}")
    assert sns == {
        "SignatureVersion": "1",
        "MessageId": message,
        "Message": "hello",
        "MessageAttributes": {},
        "Type": "Notification",
        "TopicArn": topic.arn,
        "Subject": None,
    }


def test_subject_and_attributes_arrive(topic: Topic) -> None:
    function = topic.function()
    attributes = {
        "a": text("b"),
        "n": {"DataType": "Number", "StringValue": "1"},
        "x": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    topic.publish(Subject="greeting", MessageAttributes=attributes)
    (sns,) = told(function)
    assert sns["Subject"] == "greeting"
    assert sns["MessageAttributes"] == {
        "a": {"Type": "String", "Value": "b"},
        "n": {"Type": "Number", "Value": "1"},
        "x": {"Type": "Binary", "Value": "AA=="},
    }


def test_a_structured_message_has_a_part_for_functions(topic: Topic) -> None:
    function = topic.function()
    parts = {"default": "for all", "lambda": "for functions"}
    topic.publish(json.dumps(parts), MessageStructure="json")
    topic.publish(json.dumps({"default": "for all"}), MessageStructure="json")
    assert messages(function, 2) == ["for all", "for functions"]


def test_each_message_of_a_batch_is_an_event_of_its_own(topic: Topic) -> None:
    function = topic.function()
    entries = [{"Id": each, "Message": each} for each in "abc"]
    topic.sns.publish_batch(TopicArn=topic.arn, PublishBatchRequestEntries=entries)
    assert messages(function, 3) == ["a", "b", "c"]
    assert [len(event["Records"]) for event in function.events()] == [1, 1, 1]


def test_a_filter_on_attributes(topic: Topic) -> None:
    function = topic.function(FilterPolicy=json.dumps({"kind": ["order", {"prefix": "re"}]}))
    for kind in ("order", "note", "return"):
        topic.publish(kind, MessageAttributes={"kind": text(kind)})
    topic.publish("none")
    topic.publish("last", MessageAttributes={"kind": text("order")})
    assert messages(function, 3) == ["last", "order", "return"]


def test_a_filter_on_the_body(topic: Topic) -> None:
    policy = json.dumps({"order": {"total": [{"numeric": [">", 10]}]}})
    function = topic.function(FilterPolicy=policy, FilterPolicyScope="MessageBody")
    for total in (5, 20, 10, 30):
        topic.publish(json.dumps({"order": {"total": total}}))
    topic.publish("no JSON")
    assert messages(function, 2) == [json.dumps({"order": {"total": n}}) for n in (20, 30)]


def test_filters_know_every_operator_also_for_queues(topic: Topic) -> None:
    line = topic.admitted("filtered")
    topic.subscribe(
        line.arn,
        "sqs",
        FilterPolicy=json.dumps({"kind": [{"anything-but": {"wildcard": "*note*"}}]}),
        RawMessageDelivery="true",
    )
    for kind in ("a note", "order"):
        topic.publish(kind, MessageAttributes={"kind": text(kind)})
    (message,) = line.sqs.receive_message(QueueUrl=line.url, MaxNumberOfMessages=10)["Messages"]
    assert message["Body"] == "order"


def test_the_scope_of_a_filter_can_be_changed(topic: Topic) -> None:
    function = topic.aws.echo()
    function.allow("sns.amazonaws.com", SourceArn=topic.arn)
    subscription = topic.subscribe(function.arn, FilterPolicy='{"kind": ["order"]}')
    topic.sns.set_subscription_attributes(
        SubscriptionArn=subscription,
        AttributeName="FilterPolicyScope",
        AttributeValue="MessageBody",
    )
    topic.publish("by attribute", MessageAttributes={"kind": text("order")})
    topic.publish('{"kind": "order"}')
    assert messages(function) == ['{"kind": "order"}']


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [("https", "https://example.com"), ("email", "ann@example.com"), ("sms", "+15550100")],
)
def test_other_protocols_are_refused_by_name(topic: Topic, protocol: str, endpoint: str) -> None:
    told = f"Invalid parameter: Protocol: the sandbox delivers nothing by {protocol}. ..."
    with refused("InvalidParameter", told):
        topic.subscribe(endpoint, protocol)


@pytest.mark.parametrize("name", ["DeliveryPolicy", "SubscriptionRoleArn"])
def test_what_belongs_to_other_protocols_is_refused_by_name(topic: Topic, name: str) -> None:
    with refused("InvalidParameter", f"Invalid parameter: Attributes Reason: {name}: neither ..."):
        topic.subscribe(topic.aws.echo().arn, **{name: "{}"})


def test_functions_get_no_raw_messages(topic: Topic) -> None:
    function = topic.aws.echo()
    with refused("InvalidParameter"):
        topic.subscribe(function.arn, RawMessageDelivery="true")
    subscription = topic.subscribe(function.arn)
    shown = topic.sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert (shown["RawMessageDelivery"], shown["PendingConfirmation"]) == ("false", "false")


def test_without_permission_only_the_delivery_fails(topic: Topic) -> None:
    stranger = topic.function()
    stranger.disallow()
    known = topic.function()
    topic.publish("first")
    assert messages(known) == ["first"]
    stranger.allow("sns.amazonaws.com", SourceArn=topic.arn)
    topic.publish("second")
    assert messages(stranger) == ["second"]


def test_what_cannot_be_handed_over_goes_to_the_dead_letters(topic: Topic) -> None:
    dead, function = topic.admitted("dead"), topic.aws.echo()
    topic.subscribe(function.arn, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.arn}))
    topic.aws.lambdas.delete_function(FunctionName=function.name)
    message = topic.publish("lost", MessageAttributes={"a": text("b")})
    (letter,) = eventually(lambda: dead.sqs.receive_message(QueueUrl=dead.url).get("Messages"))
    body = json.loads(letter["Body"])
    assert (body["MessageId"], body["Message"]) == (message, "lost")
    assert body["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}}
    assert {"SigningCertURL", "UnsubscribeURL"} <= body.keys()


def test_dead_letters_that_are_gone_keep_nobody_from_getting_it(topic: Topic) -> None:
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    stranger = topic.function(RedrivePolicy=json.dumps({"deadLetterTargetArn": gone}))
    stranger.disallow()
    known = topic.function()
    topic.publish()
    assert messages(known) == ["hello"]


@pytest.mark.parametrize(
    ("lets_in", "condition"),
    [
        (True, {}),
        (True, {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:topic-*"}}),
        (True, {"StringEquals": {"aws:SourceAccount": "123456789012"}}),
        (False, {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:other"}}),
        (False, {"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        (False, {"StringEquals": {"aws:NobodyKnows": "this"}}),
    ],
)
def test_a_queue_says_which_topics_it_lets_in(
    topic: Topic, lets_in: bool, condition: dict[str, Any]
) -> None:
    line, dead = Line(topic.aws, f"queue-{uuid.uuid4().hex[:8]}"), topic.admitted("dead")
    line.admit("sns.amazonaws.com", **condition)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn})
    topic.subscribe(line.arn, "sqs", RedrivePolicy=redrive)
    topic.publish()
    assert json.loads(letter(line if lets_in else dead)["Body"])["Message"] == "hello"
    other = dead if lets_in else line
    assert "Messages" not in other.sqs.receive_message(QueueUrl=other.url)


def test_a_queue_without_a_policy_lets_no_topic_in(topic: Topic) -> None:
    line = Line(topic.aws, f"queue-{uuid.uuid4().hex[:8]}")
    topic.subscribe(line.arn, "sqs")
    topic.publish("lost")
    line.admit("s3.amazonaws.com")
    topic.publish("lost, too")
    line.admit("sns.amazonaws.com")
    topic.publish("found")
    assert json.loads(letter(line)["Body"])["Message"] == "found"


@pytest.mark.parametrize("document", ["nope", "[]", '{"Statement": [{"Effect": "Allow"}]}'])
def test_a_policy_is_one(topic: Topic, document: str) -> None:
    line = Line(topic.aws, f"queue-{uuid.uuid4().hex[:8]}")
    with refused(
        "InvalidAttributeValue",
        "Invalid value for the parameter Policy. Reason: It is no policy...",
    ):
        line.sqs.set_queue_attributes(QueueUrl=line.url, Attributes={"Policy": document})
    with refused("InvalidParameter", "Invalid parameter: Policy. It is no policy document..."):
        topic.sns.set_topic_attributes(
            TopicArn=topic.arn, AttributeName="Policy", AttributeValue=document
        )


def test_a_queue_that_does_not_take_it_keeps_nobody_from_getting_it(topic: Topic) -> None:
    small = topic.admitted("small", MaximumMessageSize="1024")
    dead = topic.admitted("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn})
    topic.subscribe(small.arn, "sqs", RedrivePolicy=redrive)
    known = topic.function()
    topic.publish("x" * 1024)
    assert messages(known) == ["x" * 1024]
    (letter,) = eventually(lambda: dead.sqs.receive_message(QueueUrl=dead.url).get("Messages"))
    assert json.loads(letter["Body"])["Message"] == "x" * 1024


def test_a_raise_is_none_of_the_topics_business(topic: Topic) -> None:
    dead = topic.admitted("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead.arn})
    function = topic.function('raise ValueError("no")', RedrivePolicy=redrive)
    topic.publish()
    eventually(lambda: any("ValueError" in line for line in function.log()))
    assert "Messages" not in dead.sqs.receive_message(QueueUrl=dead.url)


@pytest.mark.parametrize("named", ["TopicArn", "TargetArn"])
def test_what_is_no_arn_is_told(topic: Topic, named: str) -> None:
    told = "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
    with refused("InvalidParameter", told):
        topic.sns.publish(**{named: "x"}, Message="hello")


def test_publishing_waits_for_nobody(topic: Topic) -> None:
    slow = topic.aws.echo("import time; time.sleep(20)", Timeout=30)
    slow.allow("sns.amazonaws.com", SourceArn=topic.arn)
    topic.subscribe(slow.arn)
    for _ in range(3):
        topic.publish()
    assert not any(line.startswith("END") for line in slow.log())


def test_a_version_can_be_subscribed(topic: Topic) -> None:
    function = topic.aws.function("def handler(event, context): print(context.function_version)")
    api = topic.aws.lambdas
    version = api.publish_version(FunctionName=function.name)["Version"]
    api.add_permission(
        FunctionName=function.name,
        Qualifier=version,
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic.arn,
    )
    topic.subscribe(f"{function.arn}:{version}")
    topic.publish()
    eventually(lambda: f"{version}\n" in function.log())


def test_a_fifo_topic_sends_what_comes_twice_once(aws: Aws) -> None:
    name, sns = uuid.uuid4().hex[:8], aws.client("sns")
    fifo = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}
    topic = sns.create_topic(Name=f"{name}.fifo", Attributes=fifo)["TopicArn"]
    lines = [Line(aws, f"{name}.fifo", FifoQueue="true"), Line(aws, name)]
    for line in lines:
        line.admit("sns.amazonaws.com")
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=line.arn)
    ids = [
        sns.publish(TopicArn=topic, Message=message, MessageGroupId="g")["MessageId"]
        for message in ("same", "same", "other")
    ]
    assert len({*ids}) == 3
    for line in lines:
        found = line.sqs.receive_message(QueueUrl=line.url, MaxNumberOfMessages=10)["Messages"]
        assert [json.loads(each["Body"])["Message"] for each in found] == ["same", "other"]


def test_a_fifo_topic_calls_no_function(aws: Aws) -> None:
    sns, name = aws.client("sns"), f"{uuid.uuid4().hex[:8]}.fifo"
    topic = sns.create_topic(Name=name, Attributes={"FifoTopic": "true"})["TopicArn"]
    with refused("InvalidParameter", "Invalid parameter: Protocol: a FIFO topic..."):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=aws.echo().arn)


def test_a_text_message_is_in_the_mailbox(aws: Aws) -> None:
    """A challenge of one's own sends its code so."""
    phone = f"+1555{uuid.uuid4().int % 10**7:07}"
    sending = "import boto3\nboto3.client('sns').publish(PhoneNumber='{}', Message='Code 5')"
    aws.echo(sending.format(phone)).invoke({})
    (sent,) = aws.get("/_sandbox/mail", username=phone)
    assert (sent["medium"], sent["destination"], sent["body"]) == ("SMS", phone, "Code 5")
    with refused("InvalidParameter"):
        aws.client("sns").publish(PhoneNumber="nobody", Message="Code 5")
