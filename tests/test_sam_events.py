"""SAM's events of a function: each becomes what invokes it, with the rights that it needs."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from event_sources import eventually
from harness import AGREED, Aws, Function, zipped

CODE = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
NAME = f"sam-{uuid.uuid4().hex[:8]}"
STREAM = {"StartingPosition": "TRIM_HORIZON"}
PATTERN = {"source": [NAME], "detail-type": ["rule"]}
EVENTS: dict[str, Any] = {
    "Queue": ("SQS", {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}, "BatchSize": 5}),
    "Topic": ("SNS", {"Topic": {"Ref": "Topic"}, "FilterPolicy": {"kind": ["wanted"]}}),
    "Bucket": ("S3", {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*"}),
    "Stream": ("Kinesis", {"Stream": {"Fn::GetAtt": ["Stream", "Arn"]}} | STREAM),
    "Table": ("DynamoDB", {"Stream": {"Fn::GetAtt": ["Table", "StreamArn"]}} | STREAM),
    "Daily": ("Schedule", {"Schedule": "rate(1 day)", "Input": '{"daily": true}'}),
    "Rule": ("EventBridgeRule", {"Pattern": PATTERN}),
    "Older": ("CloudWatchEvent", {"Pattern": PATTERN | {"detail-type": ["older"]}}),
}
SOURCES = {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": NAME}},
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
    },
    "Done": {"Type": "AWS::SQS::Queue"},
}


def template(bucket: str) -> dict[str, Any]:
    told = {"Type": "SQS", "Destination": {"Fn::GetAtt": ["Done", "Arn"]}}
    function = {
        "Handler": "index.handler",
        "Runtime": "python3.11",
        "CodeUri": f"s3://{bucket}/code.zip",
        "Events": {
            name: {"Type": kind, "Properties": given} for name, (kind, given) in EVENTS.items()
        },
        "EventInvokeConfig": {
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {"OnSuccess": told},
        },
    }
    resources = {"Function": {"Type": "AWS::Serverless::Function", "Properties": function}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": resources | SOURCES,
        "Outputs": {
            name: {"Value": {"Ref": name}} for name in ("Function", "Queue", "Topic", "Stream")
        }
        | {name: {"Value": {"Ref": name}} for name in ("Table", "Done")},
    }


class Made:
    """A stack of the template, and the function in it."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.api = aws, aws.client("cloudformation")
        s3, bucket = aws.client("s3"), f"code-{NAME}"
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="code.zip", Body=zipped(index=CODE))
        self.api.create_stack(
            StackName=NAME,
            TemplateBody=json.dumps(template(bucket)),
            Capabilities=AGREED,
        )
        (stack,) = self.api.describe_stacks(StackName=NAME)["Stacks"]
        events = self.api.describe_stack_events(StackName=NAME)["StackEvents"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", [
            each["ResourceStatusReason"] for each in events if "FAILED" in each["ResourceStatus"]
        ]
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        name = self.outputs["Function"]
        arn = aws.lambdas.get_function_configuration(FunctionName=name)["FunctionArn"]
        self.function = Function(aws, name, arn)

    def got(self, part: str) -> None:
        """Wait for an event with this text in it."""
        eventually(lambda: any(part in json.dumps(event) for event in self.function.events()))


@pytest.fixture(scope="module")
def made(aws: Aws) -> Iterator[Made]:
    pytest.importorskip("samtranslator")
    made = Made(aws)
    yield made
    s3 = aws.client("s3")
    for each in s3.list_objects_v2(Bucket=NAME).get("Contents", []):
        s3.delete_object(Bucket=NAME, Key=each["Key"])
    made.api.delete_stack(StackName=NAME)
    assert not aws.client("events").list_rules(NamePrefix=NAME)["Rules"]


def test_a_queue(made: Made) -> None:
    sqs = made.aws.client("sqs")
    sqs.send_message(QueueUrl=made.outputs["Queue"], MessageBody="by queue")
    made.got("by queue")


def test_a_topic_with_a_filter(made: Made) -> None:
    sns, topic = made.aws.client("sns"), made.outputs["Topic"]
    for kind in ("other", "wanted"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=f"{kind} by topic", MessageAttributes=attributes)
    made.got("wanted by topic")
    assert "other by topic" not in json.dumps(made.function.events())


def test_a_bucket(made: Made) -> None:
    made.aws.client("s3").put_object(Bucket=NAME, Key="by-bucket")
    made.got("by-bucket")


def test_streams(made: Made) -> None:
    kinesis, table = made.aws.client("kinesis"), made.aws.client("dynamodb")
    kinesis.put_record(StreamName=made.outputs["Stream"], PartitionKey="by-stream", Data=b"x")
    table.put_item(TableName=made.outputs["Table"], Item={"id": {"S": "by table"}})
    made.got("by-stream")
    made.got("by table")


def test_rules(made: Made) -> None:
    events = made.aws.client("events")
    for kind in ("rule", "older"):
        entry = {"Source": NAME, "DetailType": kind, "Detail": "{}"}
        events.put_events(Entries=[entry])
        made.got(f'"detail-type": "{kind}"')


def test_a_schedule(made: Made) -> None:
    events = made.aws.client("events")
    rules = events.list_rule_names_by_target(TargetArn=made.function.arn)["RuleNames"]
    scheduled = [events.describe_rule(Name=name).get("ScheduleExpression") for name in rules]
    assert "rate(1 day)" in scheduled


def test_destinations_of_asynchronous_invocations(made: Made) -> None:
    made.function.invoke({"asked": "later"}, InvocationType="Event")
    sqs = made.aws.client("sqs")

    def told() -> bool:
        answer = sqs.receive_message(QueueUrl=made.outputs["Done"], MaxNumberOfMessages=10)
        records = [json.loads(each["Body"]) for each in answer.get("Messages", [])]
        return any(each["requestPayload"] == {"asked": "later"} for each in records)

    eventually(told)


def test_the_other_kind_of_schedules_is_refused_by_name(aws: Aws) -> None:
    pytest.importorskip("samtranslator")
    api, name = aws.client("cloudformation"), f"{NAME}-scheduler"
    daily = {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 day)"}}
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "InlineCode": CODE,
            "Handler": "index.handler",
            "Runtime": "python3.11",
            "Events": {"Daily": daily},
        },
    }
    transform = "AWS::Serverless-2016-10-31"
    api.create_stack(
        StackName=name,
        TemplateBody=json.dumps({"Transform": transform, "Resources": {"Function": function}}),
        Capabilities=AGREED,
    )
    (stack,) = api.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    told = [
        each.get("ResourceStatusReason", "")
        for each in api.describe_stack_events(StackName=name)["StackEvents"]
    ]
    assert any("AWS::Scheduler::Schedule" in reason for reason in told), told
    api.delete_stack(StackName=name)
