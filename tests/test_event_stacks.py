"""What invokes functions, in CloudFormation: made, changed, removed (events contract 1 to 7)."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from event_sources import Line, eventually, letter, letting
from harness import AGREED, Aws, Function

Resource = dict[str, Any]
ECHO = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"


def role(*managed: str) -> Resource:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    names = ("AWSLambdaBasicExecutionRole", *managed)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust},
            "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/service-role/{each}" for each in names],
        },
    }


def allowing(action: str, resource: str) -> Resource:
    allowed = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": allowed}
    return {"PolicyName": "more", "PolicyDocument": document}


def function(**more: Any) -> Resource:
    plain = {
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": ECHO},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": plain | more}


def permission(service: str, source: Any) -> Resource:
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "Action": "lambda:InvokeFunction",
            "Principal": f"{service}.amazonaws.com",
            "SourceArn": source,
        },
    }


ARN = {"Fn::GetAtt": ["Function", "Arn"]}


class Stack:
    """A stack with a function that prints its events."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.api = aws, aws.client("cloudformation")
        self.name = f"stack-{uuid.uuid4().hex[:8]}"
        self.role, self.settings = role(), dict[str, Any]()

    def body(self, **resources: Resource) -> str:
        own = {"Role": self.role, "Function": function(**self.settings)}
        outputs = {"Function": {"Value": {"Ref": "Function"}}}
        return json.dumps({"Resources": own | resources, "Outputs": outputs})

    def create(self, **resources: Resource) -> None:
        self.api.create_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=self.body(**resources)
        )

    def update(self, **resources: Resource) -> None:
        self.api.update_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=self.body(**resources)
        )
        assert self.status == "UPDATE_COMPLETE", self.reasons()

    def made(self, **resources: Resource) -> Function:
        self.create(**resources)
        assert self.status == "CREATE_COMPLETE", self.reasons()
        name = self.physical("Function")
        arn = self.aws.lambdas.get_function_configuration(FunctionName=name)["FunctionArn"]
        return Function(self.aws, name, arn)

    def physical(self, name: str) -> str:
        found = self.api.describe_stack_resource(StackName=self.name, LogicalResourceId=name)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def status(self) -> str:
        return str(self.api.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"])

    def reasons(self) -> list[str]:
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = (e for e in events if e["ResourceStatus"].endswith("FAILED"))
        return [e["ResourceStatusReason"] for e in failed]


@pytest.fixture
def stack(aws: Aws) -> Iterator[Stack]:
    stack = Stack(aws)
    yield stack
    stack.api.delete_stack(StackName=stack.name)


def test_a_subscription_is_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    sns = aws.client("sns")
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "one"}}
    allowed = permission("sns", {"Ref": "Topic"})

    def subscribed(**more: Any) -> Resource:
        plain = {"Protocol": "lambda", "Endpoint": ARN, "TopicArn": {"Ref": "Topic"}}
        return {"Type": "AWS::SNS::Subscription", "Properties": plain | more}

    only = subscribed(FilterPolicyScope="MessageBody", FilterPolicy={"a": [1]})
    function = stack.made(Topic=topic, Allowed=allowed, Subscribed=only)
    arn, subscription = stack.physical("Topic"), stack.physical("Subscribed")
    shown = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert json.loads(shown["FilterPolicy"]) == {"a": [1]}
    for number in (1, 2):
        sns.publish(TopicArn=arn, Message=json.dumps({"a": number}))
    renamed = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "two"}}
    stack.update(Topic=renamed, Allowed=allowed, Subscribed=subscribed())
    assert (stack.physical("Topic"), stack.physical("Subscribed")) == (arn, subscription)
    sns.publish(TopicArn=arn, Message="all")
    eventually(lambda: len(function.events()) == 2)
    messages = {event["Records"][0]["Sns"]["Message"] for event in function.events()}
    assert messages == {'{"a": 1}', "all"}
    stack.update(Topic=renamed, Allowed=allowed)
    assert sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"] == []


def test_a_topics_own_list_of_subscriptions_is_followed(aws: Aws, stack: Stack) -> None:
    def topic(*endpoints: str) -> Resource:
        listed = [{"Protocol": "sqs", "Endpoint": each} for each in endpoints]
        return {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": listed}}

    one, two = (Line(aws, f"{stack.name}-{n}").arn for n in (1, 2))
    stack.made(Topic=topic(one))
    arn = stack.physical("Topic")
    for wanted in ([one, two], [two], []):
        stack.update(Topic=topic(*wanted))
        answer = aws.client("sns").list_subscriptions_by_topic(TopicArn=arn)
        assert [each["Endpoint"] for each in answer["Subscriptions"]] == wanted


def test_policies_of_queues_and_topics_are_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    sns, news = aws.client("sns"), {"Ref": "News"}
    line = Line(aws, stack.name)
    parts: dict[str, Resource] = {
        "News": {"Type": "AWS::SNS::Topic"},
        "Subscribed": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"Protocol": "sqs", "Endpoint": line.arn, "TopicArn": news},
        },
        "OfNews": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [news],
                "PolicyDocument": json.loads(letting("s3.amazonaws.com", "sns:Publish", "*")),
            },
        },
    }

    def of_queue(service: str) -> Resource:
        document = json.loads(letting(service, "sqs:SendMessage", line.arn))
        properties = {"Queues": [line.url], "PolicyDocument": document}
        return {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}

    stack.made(**parts, OfQueue=of_queue("sns.amazonaws.com"))
    topic, of_topic = stack.physical("News"), {"AttributeNames": ["Policy"]}
    sns.publish(TopicArn=topic, Message="one")
    assert json.loads(letter(line)["Body"])["Message"] == "one"
    assert "s3.amazonaws.com" in sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    stack.update(**parts, OfQueue=of_queue("s3.amazonaws.com"))
    sns.publish(TopicArn=topic, Message="lost")
    del parts["OfNews"]
    stack.update(**parts)
    described = line.sqs.get_queue_attributes(QueueUrl=line.url, **of_topic)
    assert "Policy" not in described.get("Attributes", {})
    assert "s3" not in sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert "Messages" not in line.sqs.receive_message(QueueUrl=line.url)


def test_a_policy_needs_its_queue(stack: Stack) -> None:
    document = json.loads(letting("sns.amazonaws.com", "sqs:SendMessage", "*"))
    properties = {"Queues": ["http://127.0.0.1/123456789012/gone"], "PolicyDocument": document}
    stack.create(OfQueue={"Type": "AWS::SQS::QueuePolicy", "Properties": properties})
    assert any("Queues: there is no http" in reason for reason in stack.reasons())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"FilterPolicy": {"a": "b"}}, "Invalid parameter: FilterPolicy: "),
        (
            {"RawMessageDelivery": "foo"},
            "Invalid parameter: RawMessageDelivery: Invalid value [foo]",
        ),
    ],
)
def test_a_bad_subscription_is_told_with_awss_name_for_it(
    aws: Aws, stack: Stack, wrong: dict[str, Any], told: str
) -> None:
    topic = aws.client("sns").create_topic(Name=stack.name)["TopicArn"]
    given = {"TopicArn": topic, "Protocol": "lambda", "Endpoint": ARN} | wrong
    stack.create(Told={"Type": "AWS::SNS::Subscription", "Properties": given})
    assert stack.status == "ROLLBACK_COMPLETE"
    (reason,) = [each for each in stack.reasons() if told in each]
    assert reason.endswith(" (InvalidParameter)")


def test_a_mapping_is_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    api: Any = aws.lambdas
    stack.role = role("AWSLambdaSQSQueueExecutionRole")
    queue = {"Type": "AWS::SQS::Queue"}

    def mapped(**more: Any) -> Resource:
        source = {"Fn::GetAtt": ["Queue", "Arn"]}
        plain = {"FunctionName": {"Ref": "Function"}, "EventSourceArn": source}
        return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": plain | more}

    tagged = [{"Key": "team", "Value": "blue"}]
    limited = mapped(BatchSize="5", ScalingConfig={"MaximumConcurrency": 2}, Tags=tagged)
    function = stack.made(Queue=queue, Mapped=limited)
    mapping, url = stack.physical("Mapped"), stack.physical("Queue")
    shown = api.get_event_source_mapping(UUID=mapping)
    assert (shown["BatchSize"], shown["ScalingConfig"]) == (5, {"MaximumConcurrency": 2})
    arn = shown["EventSourceMappingArn"]
    assert api.list_tags(Resource=arn)["Tags"] == {"team": "blue"}
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    (event,) = eventually(function.events)
    assert event["Records"][0]["body"] == "hello"
    stack.update(Queue=queue, Mapped=mapped(Enabled=False))
    eventually(lambda: api.get_event_source_mapping(UUID=mapping)["State"] == "Disabled")
    shown = api.get_event_source_mapping(UUID=mapping)
    assert (shown["BatchSize"], api.list_tags(Resource=arn)["Tags"]) == (10, {})
    assert "ScalingConfig" not in shown
    stack.update(Queue=queue)
    named = {"FunctionName": function.name}
    eventually(lambda: not api.list_event_source_mappings(**named)["EventSourceMappings"])


def test_retries_and_destinations_are_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    api: Any = aws.lambdas

    def configured(**more: Any) -> Resource:
        plain = {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST"}
        return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": plain | more}

    lost = Line(aws, f"lost-{stack.name}")
    told = {"OnFailure": {"Destination": lost.arn}}
    stack.role["Properties"]["Policies"] = [allowing("sqs:SendMessage", lost.arn)]
    function = stack.made(Told=configured(MaximumRetryAttempts="0", DestinationConfig=told))
    named = {"FunctionName": function.name}
    shown = api.get_function_event_invoke_config(**named)
    assert (shown["MaximumRetryAttempts"], shown["DestinationConfig"]["OnFailure"]) == (
        0,
        {"Destination": lost.arn},
    )
    stack.update(Told=configured(MaximumEventAgeInSeconds=60))
    shown = api.get_function_event_invoke_config(**named)
    assert shown["MaximumEventAgeInSeconds"] == 60
    assert "MaximumRetryAttempts" not in shown
    stack.update()
    assert api.list_function_event_invoke_configs(**named)["FunctionEventInvokeConfigs"] == []


class TellingBucket:
    """A bucket of a template, by a name that its permission can use, too."""

    def __init__(self) -> None:
        self.name = f"bucket-{uuid.uuid4().hex[:8]}"
        self.allowed = permission("s3", f"arn:aws:s3:::{self.name}")

    def resource(self, *told: Any, waits: bool = True) -> Resource:
        plain = {"BucketName": self.name}
        more = {"NotificationConfiguration": {"LambdaConfigurations": list(told)}} if told else {}
        waiting = {"DependsOn": "Allowed"} if waits else {}
        return {"Type": "AWS::S3::Bucket", "Properties": plain | more} | waiting


def test_notifications_of_a_bucket_are_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    s3, bucket = aws.client("s3"), TellingBucket()
    affix = {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".txt"}]}}
    texts = {"Event": "s3:ObjectCreated:*", "Function": ARN, "Filter": affix}
    gone = {"Event": "s3:ObjectRemoved:*", "Function": ARN}
    function = stack.made(Allowed=bucket.allowed, Bucket=bucket.resource(texts))
    s3.put_object(Bucket=bucket.name, Key="a.jpg")
    s3.put_object(Bucket=bucket.name, Key="a.txt")
    stack.update(Allowed=bucket.allowed, Bucket=bucket.resource(gone))
    s3.put_object(Bucket=bucket.name, Key="b.txt")
    s3.delete_object(Bucket=bucket.name, Key="b.txt")
    eventually(lambda: len(function.events()) == 2)
    records = [event["Records"][0] for event in function.events()]
    assert sorted((r["eventName"], r["s3"]["object"]["key"]) for r in records) == [
        ("ObjectCreated:Put", "a.txt"),
        ("ObjectRemoved:Delete", "b.txt"),
    ]
    stack.update(Allowed=bucket.allowed, Bucket=bucket.resource())
    shown = s3.get_bucket_notification_configuration(Bucket=bucket.name)
    assert "LambdaFunctionConfigurations" not in shown
    for key in ("a.jpg", "a.txt"):
        s3.delete_object(Bucket=bucket.name, Key=key)


def test_a_bucket_that_may_not_invoke_is_not_made(aws: Aws, stack: Stack) -> None:
    bucket = TellingBucket()
    told = {"Event": "s3:ObjectCreated:*", "Function": ARN}
    stack.create(Bucket=bucket.resource(told, waits=False))
    assert stack.status == "ROLLBACK_COMPLETE"
    (reason,) = stack.reasons()
    assert reason.startswith("Unable to validate the following destination configurations")
    assert bucket.name not in [each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]]


def test_what_a_type_does_not_have_is_refused_by_name(stack: Stack) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    replayed = {"Protocol": "lambda", "Endpoint": ARN, "TopicArn": {"Ref": "Topic"}}
    replayed["ReplayPolicy"] = {}
    stack.create(Topic=topic, Replayed={"Type": "AWS::SNS::Subscription", "Properties": replayed})
    (reason,) = stack.reasons()
    assert reason.startswith("The sandbox does not have AWS::SNS::Subscription.ReplayPolicy.")


def test_a_rule_is_made_changed_and_removed(aws: Aws, stack: Stack) -> None:
    events, source = aws.client("events"), f"source-{stack.name}"
    allowed = permission("events", {"Fn::GetAtt": ["Rule", "Arn"]})

    def ruled(number: int, **target: Any) -> Resource:
        pattern = {"source": [source], "detail": {"n": [number]}}
        targets = [{"Id": "function", "Arn": ARN} | target]
        return {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": pattern, "Targets": targets},
        }

    def put() -> None:
        entries = [
            {"Source": source, "DetailType": "a", "Detail": json.dumps({"n": number})}
            for number in (1, 2)
        ]
        events.put_events(Entries=entries)

    function = stack.made(Rule=ruled(1), Allowed=allowed)
    name = stack.physical("Rule")
    put()
    stack.update(Rule=ruled(2, InputPath="$.detail"), Allowed=allowed)
    assert stack.physical("Rule") == name
    put()
    eventually(lambda: len(function.events()) == 2)
    assert sorted(event.get("detail", event)["n"] for event in function.events()) == [1, 2]
    stack.update()
    assert events.list_rules(NamePrefix=name)["Rules"] == []


def test_a_rules_retries_have_their_limits_in_a_template_too(aws: Aws, stack: Stack) -> None:
    often = {"RetryPolicy": {"MaximumRetryAttempts": 186}}
    target = {"Id": "a", "Arn": "arn:aws:sqs:us-east-1:123456789012:queue"} | often
    given = {"ScheduleExpression": "rate(1 day)", "Targets": [target]}
    stack.create(Rule={"Type": "AWS::Events::Rule", "Properties": given})
    (reason,) = stack.reasons()
    assert reason.startswith("MaximumRetryAttempts of target a must be a number from 0 to 185.")


def test_a_rule_for_what_gets_no_events_is_not_made(aws: Aws, stack: Stack) -> None:
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"
    plain = {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", "Arn": machine}]}
    named = plain | {"Name": stack.name}
    stack.create(Rule={"Type": "AWS::Events::Rule", "Properties": named})
    (reason,) = stack.reasons()
    assert reason.startswith(f"The sandbox sends no events to {machine}.")
    assert aws.client("events").list_rules(NamePrefix=stack.name)["Rules"] == []
