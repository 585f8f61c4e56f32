"""What buckets tell functions, queues and topics (events contract 5)."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from event_sources import Line, admit, eventually, letter
from harness import Aws, Function, refused

OWNER = "A123456789012"
UNABLE = "Unable to validate the following destination configurations"


class Bucket:
    """A bucket, and the functions that it tells."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.s3 = aws, aws.client("s3")
        self.name = f"bucket-{uuid.uuid4().hex[:8]}"
        self.arn = f"arn:aws:s3:::{self.name}"
        self.s3.create_bucket(Bucket=self.name)

    def permitted(self, function: Function) -> Function:
        function.allow("s3.amazonaws.com", SourceArn=self.arn, SourceAccount="123456789012")
        return function

    def tells(self, function: Function, *events: str, **more: Any) -> None:
        told = {"LambdaFunctionArn": function.arn, "Events": list(events), "Id": "told"} | more
        self.configure(LambdaFunctionConfigurations=[told])

    def configure(self, skip: bool = False, **settings: Any) -> None:
        self.s3.put_bucket_notification_configuration(
            Bucket=self.name, NotificationConfiguration=settings, SkipDestinationValidation=skip
        )

    def put(self, key: str, body: bytes = b"hello", **more: Any) -> Any:
        return self.s3.put_object(Bucket=self.name, Key=key, Body=body, **more)


@pytest.fixture
def bucket(aws: Aws) -> Bucket:
    return Bucket(aws)


def records(function: Function, count: int = 1) -> list[dict[str, Any]]:
    """What it was told, once it was told so much."""
    eventually(lambda: len(function.events()) >= count)
    told = [event["Records"] for event in function.events()]
    assert [len(each) for each in told] == [1] * count
    return [each[0] for each in told]


def key_filter(**affixes: str) -> dict[str, Any]:
    rules = [{"Name": name, "Value": value} for name, value in affixes.items()]
    return {"Filter": {"Key": {"FilterRules": rules}}}


def test_a_function_gets_the_whole_event(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*")
    bucket.put("hello.txt", Metadata={"a": "b"}, Tagging="c=d")
    (record,) = records(function)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("eventTime"))
    elements = record.pop("responseElements")
    assert elements.keys() == {"x-amz-request-id", "x-amz-id-2"}
    assert re.fullmatch("[0-9A-F]+", record["s3"]["object"].pop("sequencer"))
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:123456789012"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "told",
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": OWNER},
                "arn": bucket.arn,
            },
            "object": {
                "key": "hello.txt",
                "size": 5,
                "eTag": "5d41402abc4b2a76b9719d911017c592",
            },
        },
    }


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a@b", "a%40b"),
        ("this im + age/blah.txt", "this+im+%2B+age/blah.txt"),
        ("(ä)", "%28%C3%A4%29"),
    ],
)
def test_keys_are_encoded_as_forms_are_but_for_the_slash(
    bucket: Bucket, key: str, shown: str
) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:Put")
    bucket.put(key)
    assert records(function)[0]["s3"]["object"]["key"] == shown


def copy(bucket: Bucket) -> None:
    source = {"Bucket": bucket.name, "Key": "it"}
    bucket.s3.copy_object(Bucket=bucket.name, Key="copy", CopySource=source, Tagging="a=b")


def upload_in_parts(bucket: Bucket) -> None:
    it = {"Bucket": bucket.name, "Key": "parts"}
    upload = bucket.s3.create_multipart_upload(**it)["UploadId"]
    etag = bucket.s3.upload_part(**it, UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    parts = {"Parts": [{"ETag": etag, "PartNumber": 1}]}
    bucket.s3.complete_multipart_upload(**it, UploadId=upload, MultipartUpload=parts)


def tag(bucket: Bucket) -> None:
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    bucket.s3.put_object_tagging(Bucket=bucket.name, Key="it", Tagging=tags)


def delete(bucket: Bucket) -> None:
    bucket.s3.delete_object(Bucket=bucket.name, Key="it")


@pytest.mark.parametrize(
    ("change", "name", "version", "members"),
    [
        (copy, "ObjectCreated:Copy", "2.1", {"key", "size", "eTag", "sequencer"}),
        (
            upload_in_parts,
            "ObjectCreated:CompleteMultipartUpload",
            "2.1",
            {"key", "size", "eTag", "sequencer"},
        ),
        (tag, "ObjectTagging:Put", "2.3", {"key", "eTag"}),
        (delete, "ObjectRemoved:Delete", "2.1", {"key", "sequencer"}),
    ],
)
def test_each_change_has_its_name_and_members(
    bucket: Bucket,
    change: Callable[[Bucket], None],
    name: str,
    version: str,
    members: set[str],
) -> None:
    bucket.put("it")
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*")
    change(bucket)
    (record,) = records(function)
    assert (record["eventName"], record["eventVersion"]) == (name, version)
    assert record["s3"]["object"].keys() == members


def test_an_archived_object_is_restored_at_once(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectRestore:*")
    bucket.put("cold", StorageClass="GLACIER")
    bucket.s3.restore_object(Bucket=bucket.name, Key="cold", RestoreRequest={"Days": 2})
    told_of = {each["eventName"]: each for each in records(function, 2)}
    assert told_of.keys() == {"ObjectRestore:Post", "ObjectRestore:Completed"}
    assert "glacierEventData" not in told_of["ObjectRestore:Post"]
    told = told_of["ObjectRestore:Completed"]["glacierEventData"]["restoreEventData"]
    until = datetime.fromisoformat(told["lifecycleRestorationExpiryTime"]).timestamp()
    assert abs(until - bucket.aws.now() - 2 * 86_400) < 60
    assert told["lifecycleRestoreStorageClass"] == "GLACIER"


def test_in_a_versioned_bucket_each_version_is_named(bucket: Bucket) -> None:
    enabled = {"Status": "Enabled"}
    bucket.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration=enabled)
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    it = {"Bucket": bucket.name, "Key": "it"}
    first = bucket.put("it")["VersionId"]
    records(function)
    marker = bucket.s3.delete_object(**it)["VersionId"]
    records(function, 2)
    bucket.s3.delete_object(**it, VersionId=first)
    told = records(function, 3)
    assert [(each["eventName"], each["s3"]["object"]["versionId"]) for each in told] == [
        ("ObjectCreated:Put", first),
        ("ObjectRemoved:DeleteMarkerCreated", marker),
        ("ObjectRemoved:Delete", first),
    ]


def test_deleting_many_tells_of_each_that_was_there(bucket: Bucket) -> None:
    for key in "ab":
        bucket.put(key)
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectRemoved:Delete")
    keys = {"Objects": [{"Key": key} for key in "abc"]}
    bucket.s3.delete_objects(Bucket=bucket.name, Delete=keys)
    assert {each["s3"]["object"]["key"] for each in records(function, 2)} == {"a", "b"}


def test_a_function_sees_the_object_with_all_that_came_with_it(bucket: Bucket) -> None:
    function = bucket.permitted(
        bucket.aws.function("""
import boto3, json, urllib.parse
def handler(event, context):
    it = event["Records"][0]["s3"]
    at = {"Bucket": it["bucket"]["name"], "Key": urllib.parse.unquote_plus(it["object"]["key"])}
    s3 = boto3.client("s3")
    tags = s3.get_object_tagging(**at)["TagSet"]
    print(json.dumps([s3.head_object(**at)["Metadata"], tags]))
""")
    )
    bucket.tells(function, "s3:ObjectCreated:*")
    bucket.put("an object", Metadata={"a": "b"}, Tagging="c=d")
    seen = json.dumps([{"a": "b"}, [{"Key": "c", "Value": "d"}]])
    eventually(lambda: f"{seen}\n" in function.log())


def test_only_keys_that_begin_and_end_so(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*", **key_filter(PREFIX="in/", suffix=".txt"))
    for key in ("out/a.txt", "in/a.jpg", "in/a.txt"):
        bucket.put(key)
    assert records(function)[0]["s3"]["object"]["key"] == "in/a.txt"
    shown = bucket.s3.get_bucket_notification_configuration(Bucket=bucket.name)
    (told,) = shown["LambdaFunctionConfigurations"]
    rules = [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".txt"}]
    assert told == {
        "Id": "told",
        "LambdaFunctionArn": function.arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }


def test_an_empty_prefix_is_one(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*", **key_filter(prefix=""))
    bucket.put("any")
    assert records(function)


def test_a_configuration_replaces_all_and_an_empty_one_ends_it(bucket: Bucket) -> None:
    first, second = (bucket.permitted(bucket.aws.echo()) for _ in range(2))
    bucket.tells(first, "s3:ObjectCreated:*")
    bucket.tells(second, "s3:ObjectCreated:*")
    bucket.put("one")
    records(second)
    bucket.configure()
    bucket.put("two")
    bucket.tells(first, "s3:ObjectCreated:*")
    bucket.put("three")
    assert records(first)[0]["s3"]["object"]["key"] == "three"
    assert records(second)[0]["s3"]["object"]["key"] == "one"


def test_permission_comes_first(bucket: Bucket) -> None:
    function, other = bucket.aws.echo(), Bucket(bucket.aws)
    other.permitted(function)
    with refused("InvalidArgument", UNABLE) as error:
        bucket.tells(function, "s3:ObjectCreated:*")
    told = error.told
    assert told["ArgumentName1"] == f"{function.arn}, null"
    assert told["ArgumentValue1"] == f"Not authorized to invoke function [{function.arn}]"
    bucket.permitted(function)
    bucket.tells(function, "s3:ObjectCreated:*")


def test_queues_and_topics_let_the_bucket_in_or_are_refused(bucket: Bucket) -> None:
    line = Line(bucket.aws, bucket.name)
    topic = bucket.aws.client("sns").create_topic(Name=bucket.name)["TopicArn"]
    created = {"Events": ["s3:ObjectCreated:*"]}
    queue: dict[str, Any] = {"QueueConfigurations": [{"QueueArn": line.arn} | created]}
    news: dict[str, Any] = {"TopicConfigurations": [{"TopicArn": topic} | created]}
    for kind, settings in (("queue", queue), ("topic", news)):
        with refused("InvalidArgument", UNABLE) as error:
            bucket.configure(**settings)
        assert error.told["ArgumentValue1"] == (
            f"Permissions on the destination {kind} do not allow S3 to publish notifications from "
            "this bucket"
        )
    here = {"aws:SourceArn": f"arn:aws:s3:*:*:{bucket.name}"}
    line.admit("s3.amazonaws.com", ArnLike=here)
    admit(bucket.aws, topic, "s3.amazonaws.com", ArnLike=here)
    bucket.configure(**queue)
    bucket.configure(**news)


def test_a_queue_that_lets_nobody_in_any_more_loses_the_event(bucket: Bucket) -> None:
    line = Line(bucket.aws, bucket.name).admit("s3.amazonaws.com")
    bucket.configure(QueueConfigurations=[{"QueueArn": line.arn, "Events": ["s3:ObjectCreated:*"]}])
    assert "s3:TestEvent" in letter(line)["Body"]
    line.sqs.set_queue_attributes(QueueUrl=line.url, Attributes={"Policy": ""})
    bucket.put("one")
    line.admit("s3.amazonaws.com")
    bucket.put("two")
    (record,) = json.loads(letter(line)["Body"])["Records"]
    assert record["s3"]["object"]["key"] == "two"


def test_what_is_not_there_is_refused_unless_nobody_is_to_look(bucket: Bucket) -> None:
    missing = "arn:aws:lambda:us-east-1:123456789012:function:missing"
    told = {"LambdaFunctionArn": missing, "Events": ["s3:ObjectCreated:*"]}
    with refused("InvalidArgument", UNABLE):
        bucket.configure(LambdaFunctionConfigurations=[told])
    with refused("InvalidArgument", UNABLE):
        queue = missing.replace("lambda", "sqs").replace("function:", "")
        listed = [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]
        bucket.configure(QueueConfigurations=listed)
    bucket.configure(skip=True, LambdaFunctionConfigurations=[told])
    bucket.put("nobody is told, and nothing fails")
    with refused("InvalidArgument", "The ARN could not be parsed") as error:
        bucket.configure(
            skip=True, LambdaFunctionConfigurations=[told | {"LambdaFunctionArn": "x"}]
        )
    assert error.told["ArgumentName"] == "CloudFunction"


def test_two_may_not_be_told_of_one_change(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    told: dict[str, Any] = {"LambdaFunctionArn": function.arn}
    all_of_them = told | {"Events": ["s3:ObjectCreated:*"]} | key_filter(prefix="a")
    some = told | {"Events": ["s3:ObjectCreated:Put"]}
    with refused("InvalidArgument", "Configuration is ambiguously defined. ..."):
        bucket.configure(LambdaFunctionConfigurations=[all_of_them, some | key_filter(prefix="ab")])
    bucket.configure(LambdaFunctionConfigurations=[all_of_them, some | key_filter(prefix="b")])


def test_a_permission_that_was_taken_back_loses_the_event(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    bucket.tells(function, "s3:ObjectCreated:*")
    function.disallow()
    bucket.put("one")
    bucket.permitted(function)
    bucket.put("two")
    assert records(function)[0]["s3"]["object"]["key"] == "two"


def test_a_queue_gets_a_test_event_first_and_a_function_none(bucket: Bucket) -> None:
    line = Line(bucket.aws, bucket.name).admit("s3.amazonaws.com")
    function = bucket.permitted(bucket.aws.echo())
    queue = {"QueueArn": line.arn, "Events": ["s3:ObjectCreated:*"]}
    other = {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectRemoved:*"]}
    bucket.configure(QueueConfigurations=[queue], LambdaFunctionConfigurations=[other])
    received = line.sqs.receive_message(QueueUrl=line.url)["Messages"]
    told = json.loads(received[0]["Body"])
    assert (told["Service"], told["Event"], told["Bucket"]) == (
        "Amazon S3",
        "s3:TestEvent",
        bucket.name,
    )
    assert told.keys() == {"Service", "Event", "Time", "Bucket", "RequestId", "HostId"}
    bucket.put("a/b c")
    (message,) = line.sqs.receive_message(QueueUrl=line.url)["Messages"]
    (record,) = json.loads(message["Body"])["Records"]
    assert record["s3"]["object"]["key"] == "a/b+c"
    bucket.s3.delete_object(Bucket=bucket.name, Key="a/b c")
    assert records(function)[0]["eventName"] == "ObjectRemoved:Delete"


def test_a_queue_that_does_not_take_it_keeps_nobody_from_being_told(bucket: Bucket) -> None:
    small = Line(bucket.aws, bucket.name, MaximumMessageSize="1024").admit("s3.amazonaws.com")
    function = bucket.permitted(bucket.aws.echo())
    queue = {
        "QueueArn": small.arn,
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    } | key_filter(prefix="a")
    other = {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectRemoved:*"]}
    other |= key_filter(prefix="b")
    bucket.configure(QueueConfigurations=[queue], LambdaFunctionConfigurations=[other])
    keys = "a" * 1000, "b"
    for key in keys:
        bucket.put(key)
    both = {"Objects": [{"Key": key} for key in keys]}
    bucket.s3.delete_objects(Bucket=bucket.name, Delete=both)
    assert records(function)[0]["s3"]["object"]["key"] == "b"


def test_a_fifo_queue_is_refused(bucket: Bucket) -> None:
    line = Line(bucket.aws, f"{bucket.name}.fifo", FifoQueue="true")
    with refused("InvalidArgument", UNABLE) as error:
        bucket.configure(
            QueueConfigurations=[{"QueueArn": line.arn, "Events": ["s3:ObjectCreated:*"]}]
        )
    assert error.told["ArgumentName1"] == f"{line.arn}, null"
    shown = bucket.s3.get_bucket_notification_configuration(Bucket=bucket.name)
    assert "QueueConfigurations" not in shown


def test_putting_an_object_waits_for_nobody(bucket: Bucket) -> None:
    slow = bucket.permitted(bucket.aws.echo("import time; time.sleep(20)", Timeout=30))
    bucket.tells(slow, "s3:ObjectCreated:*")
    for number in range(3):
        bucket.put(str(number))
    assert not any(line.startswith("END") for line in slow.log())


def test_each_configuration_has_an_id_of_its_own(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    told = {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectCreated:*"], "Id": "same"}
    both = [told | key_filter(prefix=prefix) for prefix in ("a/", "b/")]
    with refused("InvalidArgument", "Same ID used for multiple configurations. ..."):
        bucket.configure(LambdaFunctionConfigurations=both)


def test_a_bucket_of_another_owner_than_expected(bucket: Bucket) -> None:
    bucket.put("it", ExpectedBucketOwner="123456789012")
    with refused("AccessDenied"):
        bucket.put("it", ExpectedBucketOwner="210987654321")
    with refused("AccessDenied"):
        bucket.s3.get_bucket_notification_configuration(
            Bucket=bucket.name, ExpectedBucketOwner="210987654321"
        )
    with refused("AccessDenied"):
        bucket.s3.copy_object(
            Bucket=bucket.name,
            Key="copy",
            CopySource={"Bucket": bucket.name, "Key": "it"},
            ExpectedSourceBucketOwner="210987654321",
        )
    told = "The value of the expected bucket owner parameter must be an AWS Account ID... [me]"
    with refused("InvalidBucketOwnerAWSAccountID", told):
        bucket.put("it", ExpectedBucketOwner="me")


def test_a_filter_has_one_prefix(bucket: Bucket) -> None:
    function = bucket.permitted(bucket.aws.echo())
    rules = [{"Name": "prefix", "Value": each} for each in ("a", "b")]
    with refused("InvalidArgument", "Cannot specify more than one prefix rule in a filter."):
        bucket.tells(function, "s3:ObjectCreated:*", Filter={"Key": {"FilterRules": rules}})
