"""Whatever in moto invokes a function runs it for real, by the same road."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws, Function, eventually

RECORD = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
RESOURCE = """
import json, urllib.request

def handler(event, context):
    print(json.dumps(event))
    answer = {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "mine",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Answer": "42"},
    }
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request)
"""


@pytest.fixture
def recorder(aws: Aws) -> Function:
    return aws.function(RECORD)


def first(recorder: Function) -> dict[str, Any]:
    """The first record of the first event."""
    assert eventually(recorder.events)
    return dict(recorder.events()[0]["Records"][0])


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def test_sns(aws: Aws, recorder: Function) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    recorder.allow("sns.amazonaws.com", SourceArn=topic)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=recorder.arn)
    sns.publish(TopicArn=topic, Message="hello")
    assert first(recorder)["Sns"]["Message"] == "hello"


def test_sqs(aws: Aws, recorder: Function) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    aws.lambdas.create_event_source_mapping(
        FunctionName=recorder.name, EventSourceArn=attributes["Attributes"]["QueueArn"]
    )
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert first(recorder)["body"] == "hello"


def test_s3(aws: Aws, recorder: Function) -> None:
    s3, bucket = aws.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    recorder.allow("s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{bucket}")
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": recorder.arn, "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    assert first(recorder)["s3"]["object"]["key"] == "key"


def test_dynamodb_streams(aws: Aws, recorder: Function) -> None:
    table = unique("table")
    description = aws.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    aws.lambdas.create_event_source_mapping(
        FunctionName=recorder.name,
        EventSourceArn=description["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )
    aws.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "1"}})
    assert first(recorder)["dynamodb"]["NewImage"] == {"id": {"S": "1"}}


def test_kinesis(aws: Aws, recorder: Function) -> None:
    kinesis, stream = aws.client("kinesis"), unique("stream")
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    arn = kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"]
    aws.lambdas.create_event_source_mapping(
        FunctionName=recorder.name, EventSourceArn=arn, StartingPosition="TRIM_HORIZON"
    )
    kinesis.put_record(StreamName=stream, Data=b"hello", PartitionKey="1")
    assert first(recorder)["eventSource"] == "aws:kinesis"


def test_log_subscriptions(aws: Aws, recorder: Function) -> None:
    group = unique("group")
    aws.logs.create_log_group(logGroupName=group)
    aws.logs.create_log_stream(logGroupName=group, logStreamName="stream")
    aws.logs.put_subscription_filter(
        logGroupName=group, filterName="all", filterPattern="", destinationArn=recorder.arn
    )
    aws.logs.put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[{"timestamp": 1_900_000_000_000, "message": "hello"}],
    )
    assert eventually(lambda: any("awslogs" in event for event in recorder.events()))


def test_custom_resources(aws: Aws) -> None:
    provider = aws.function(RESOURCE)
    cloudformation = aws.client("cloudformation")
    template = {
        "Resources": {
            "Mine": {
                "Type": "Custom::Thing",
                "Properties": {"ServiceToken": provider.arn, "Colour": "red"},
            }
        },
        "Outputs": {"Answer": {"Value": {"Fn::GetAtt": ["Mine", "Answer"]}}},
    }
    name = unique("stack")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    assert eventually(lambda: status() == "CREATE_COMPLETE")
    assert provider.events()[0]["ResourceProperties"]["Colour"] == "red"
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    assert outputs[0]["OutputValue"] == "42"
