"""Streams that invoke functions (events contract 3)."""

import base64
import functools
import json
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from event_sources import Line, Source, eventually, failing, flat, letter, names
from harness import Aws, refused


@pytest.fixture(params=["kinesis", "dynamodb"])
def source(aws: Aws, request: pytest.FixtureRequest) -> Iterator[Source]:
    found = Source(aws, request.param, f"source-{uuid.uuid4().hex[:8]}")
    yield found
    for mapping in aws.lambdas.list_event_source_mappings(EventSourceArn=found.arn)[
        "EventSourceMappings"
    ]:
        aws.lambdas.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_kinesis_record_is_as_documented(aws: Aws) -> None:
    source = Source(aws, "kinesis", "documented")
    function = aws.echo()
    source.feed(function)
    source.put("ann")
    (event,) = eventually(function.events)
    (record,) = event["Records"]
    number = record["kinesis"].pop("sequenceNumber")
    assert abs(record["kinesis"].pop("approximateArrivalTimestamp") - time.time()) < 60
    assert record.pop("invokeIdentityArn").startswith("arn:aws:iam::123456789012:role/")
    assert record == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "key",
            "data": base64.b64encode(b'{"name": "ann"}').decode(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{number}",
        "eventName": "aws:kinesis:record",
        "awsRegion": "us-east-1",
        "eventSourceARN": source.arn,
    }


def test_a_tables_records_are_as_documented(aws: Aws) -> None:
    source = Source(aws, "dynamodb", "documented")
    function = aws.echo()
    source.feed(function)
    put = source.api.put_item
    put(TableName="documented", Item={"id": {"S": "ann"}})
    put(TableName="documented", Item={"id": {"S": "ann"}})  # changes nothing
    put(TableName="documented", Item={"id": {"S": "ann"}, "age": {"N": "42"}} | binary(b"abc"))
    source.api.delete_item(TableName="documented", Key={"id": {"S": "ann"}})
    eventually(lambda: sum(map(len, names(function))) == 3)
    records = [record for event in function.events() for record in event["Records"]]
    ann: dict[str, Any] = {"id": {"S": "ann"}}
    older = ann | {"age": {"N": "42"}} | binary("YWJj")
    images = [
        ("INSERT", {"NewImage": ann}),
        ("MODIFY", {"NewImage": older, "OldImage": ann}),
        ("REMOVE", {"OldImage": older}),
    ]
    sizes = [record["dynamodb"].pop("SizeBytes") for record in records]
    more = 5 + 4 + 5 + 8 + 9  # "age" and 42, and b"abc" in each place
    assert sizes == [2 * 5, 3 * 5 + more, 2 * 5 + more]  # "id" and "ann"
    numbers = [int(record["dynamodb"].pop("SequenceNumber")) for record in records]
    assert numbers == sorted(set(numbers))
    ordered = "eventID eventName eventVersion eventSource awsRegion dynamodb eventSourceARN"
    for record in records:
        assert list(record) == ordered.split()
        assert list(record["dynamodb"]) == sorted(record["dynamodb"])
        assert record.pop("eventID")
        created = record["dynamodb"].pop("ApproximateCreationDateTime")
        assert isinstance(created, int)
        assert abs(created - aws.now()) < 60
    assert records == [
        {
            "eventName": name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {"Keys": ann, "StreamViewType": "NEW_AND_OLD_IMAGES"} | shown,
            "eventSourceARN": source.arn,
        }
        for name, shown in images
    ]


def binary(value: bytes | str) -> dict[str, Any]:
    """Attributes with the value in each place that one can have."""
    alone = {"B": value}
    return {"b": alone, "bs": {"BS": [value]}, "l": {"L": [alone]}, "m": {"M": {"b": alone}}}


def test_a_key_that_is_binary_is_told_as_its_image_is(aws: Aws) -> None:
    source = Source(aws, "dynamodb", "binary", key="B")
    function, api = aws.echo(), aws.client("dynamodbstreams")
    source.feed(function)
    source.api.put_item(TableName="binary", Item={"id": {"B": b"abc"}})
    told = eventually(function.events)[0]["Records"][0]["dynamodb"]
    assert told["Keys"] == told["NewImage"] == {"id": {"B": "YWJj"}}
    assert told["SizeBytes"] == 2 * 5
    shard = api.describe_stream(StreamArn=source.arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = api.get_shard_iterator(
        StreamArn=source.arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (read,) = api.get_records(ShardIterator=iterator)["Records"]
    assert read["dynamodb"]["Keys"] == read["dynamodb"]["NewImage"] == {"id": {"B": b"abc"}}


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
    ],
)
def test_the_view_decides_about_the_images(aws: Aws, view: str, shown: set[str]) -> None:
    source, function = Source(aws, "dynamodb", f"view-{view}", view), aws.echo()
    source.feed(function)
    source.put("ann")
    source.api.put_item(TableName=source.name, Item={"id": {"S": "ann"}, "age": {"N": "42"}})
    eventually(lambda: len(flat(function)) == 2)
    changed = function.events()[-1]["Records"][-1]["dynamodb"]
    assert changed["StreamViewType"] == view
    assert {"NewImage", "OldImage"} & changed.keys() == shown


def test_what_was_put_before_comes_from_trim_horizon_and_not_from_latest(
    aws: Aws, source: Source
) -> None:
    source.put("before")
    all_of_it, news = aws.echo(), aws.echo()
    source.feed(all_of_it)
    source.feed(news, "LATEST")
    source.put("after")
    eventually(lambda: sum(map(len, names(all_of_it))) == 2)
    eventually(lambda: names(news))
    assert flat(all_of_it) == ["before", "after"]
    assert names(news) == [["after"]]


def test_a_failing_batch_is_retried_then_given_up_and_told(aws: Aws, source: Source) -> None:
    lost = Line(aws, f"lost-{source.name}")
    function = failing(aws, "assert not bad")
    for name in ("one", "bad", "two"):
        source.put(name)
    source.feed(
        function,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    eventually(lambda: lost.attribute("ApproximateNumberOfMessages") == "1")
    source.put("three")
    eventually(lambda: len(names(function)) == 3)
    assert names(function) == [["one", "bad", "two"], ["one", "bad", "two"], ["three"]]
    told = json.loads(letter(lost)["Body"])
    assert told["requestContext"]["approximateInvokeCount"] == 2


def test_bisecting_finds_the_bad_record(aws: Aws, source: Source) -> None:
    function = failing(aws, "assert not bad")
    for name in ("one", "two", "bad", "three"):
        source.put(name)
    source.feed(function, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True)
    eventually(lambda: names(function)[-1:] == [["three"]])
    assert names(function) == [
        ["one", "two", "bad", "three"],
        ["one", "two"],
        ["bad", "three"],
        ["bad"],
        ["three"],
    ]


def test_the_lowest_reported_record_is_the_checkpoint(aws: Aws, source: Source) -> None:
    function = failing(
        aws, "return {'batchItemFailures': [{'itemIdentifier': number(r)} for r in bad]}"
    )
    for name in ("one", "bad", "two"):
        source.put(name)
    source.feed(function, MaximumRetryAttempts=1, FunctionResponseTypes=["ReportBatchItemFailures"])
    source.put("later")
    eventually(lambda: "later" in flat(function))
    assert names(function)[0][:3] == ["one", "bad", "two"]
    assert names(function)[1][:2] == ["bad", "two"]


def test_filters_pass_records_over(aws: Aws, source: Source) -> None:
    function = aws.echo()
    pattern: dict[str, Any] = {"data": {"name": ["ann"]}}
    if source.kind == "dynamodb":
        pattern = {"dynamodb": {"Keys": {"id": {"S": ["ann"]}}}}
    source.feed(function, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    for name in ("bob", "ann"):
        source.put(name)
    eventually(lambda: names(function))
    assert names(function) == [["ann"]]


def test_a_disabled_mapping_keeps_its_place(aws: Aws, source: Source) -> None:
    function = aws.echo()
    mapping = source.feed(function)["UUID"]
    source.put("one")
    eventually(lambda: names(function) == [["one"]])
    set_enabled(aws, mapping, False)
    source.put("two")
    time.sleep(0.2)
    assert names(function) == [["one"]]
    set_enabled(aws, mapping, True)
    eventually(lambda: names(function) == [["one"], ["two"]])


def set_enabled(aws: Aws, mapping: str, enabled: bool) -> None:
    aws.lambdas.update_event_source_mapping(UUID=mapping, Enabled=enabled)
    wanted = "Enabled" if enabled else "Disabled"
    get: Callable[..., Any] = aws.lambdas.get_event_source_mapping
    eventually(lambda: get(UUID=mapping)["State"] == wanted)


def test_several_functions_read_one_stream(aws: Aws, source: Source) -> None:
    functions = [aws.echo(), aws.echo()]
    for function in functions:
        source.feed(function)
    source.put("ann")
    eventually(lambda: all(names(function) == [["ann"]] for function in functions))


def test_a_bucket_keeps_the_lost_records_too(aws: Aws, source: Source) -> None:
    s3, bucket = aws.client("s3"), f"lost-{source.name}"
    s3.create_bucket(Bucket=bucket)
    function = failing(aws, "assert not bad")
    source.put("bad")
    told = {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    mapping = source.feed(function, MaximumRetryAttempts=0, DestinationConfig=told)["UUID"]
    (kept,) = eventually(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"))
    record = json.load(s3.get_object(Bucket=bucket, Key=kept["Key"])["Body"])
    info = record["KinesisBatchInfo" if source.kind == "kinesis" else "DDBStreamBatchInfo"]
    time = datetime.fromisoformat(record["timestamp"])
    folder = f"aws/lambda/{mapping}/{info['shardId']}/"
    assert kept["Key"].startswith(f"{folder}{time:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-")
    assert record["payload"] == function.events()[0]


def test_records_are_given_up_though_nobody_can_be_told(aws: Aws, source: Source) -> None:
    function = failing(aws, "assert not bad")
    told, s3 = f"gone-{source.name}", aws.client("s3")
    s3.create_bucket(Bucket=told)
    lost = {"OnFailure": {"Destination": f"arn:aws:s3:::{told}"}}
    source.feed(function, MaximumRetryAttempts=0, DestinationConfig=lost)
    s3.delete_bucket(Bucket=told)
    source.put("bad")
    eventually(lambda: names(function))
    source.put("good")
    eventually(lambda: len(names(function)) == 2)
    assert names(function) == [["bad"], ["good"]]


def kinesis(aws: Aws) -> Source:
    return Source(aws, "kinesis", f"source-{uuid.uuid4().hex[:8]}")


def test_reading_can_start_at_a_time(aws: Aws) -> None:
    source, function = kinesis(aws), aws.echo()
    source.put("before")
    time.sleep(0.002)
    start = aws.now()
    time.sleep(0.002)
    source.put("after")
    source.feed(function, "AT_TIMESTAMP", StartingPositionTimestamp=start)
    eventually(function.events)
    assert flat(function) == ["after"]


def test_a_time_to_start_at_belongs_to_its_starting_position(aws: Aws, source: Source) -> None:
    function, now = aws.echo(), aws.now()
    for start, more in [
        ("AT_TIMESTAMP", {}),
        ("AT_TIMESTAMP", {"StartingPositionTimestamp": now + 60}),
        ("TRIM_HORIZON", {"StartingPositionTimestamp": now}),
    ]:
        with refused("InvalidParameterValueException"):
            source.feed(function, start, **more)


def keys_of_lanes(count: int) -> list[str]:
    """Partition keys, each of which the sandbox reads in a lane of its own."""
    lanes = {zlib.crc32(key.encode()) % count: key for key in map(str, range(100))}
    return [lanes[number] for number in range(count)]


def test_lanes_of_a_shard_do_not_wait_for_each_other(aws: Aws) -> None:
    source, function = kinesis(aws), failing(aws, "assert not bad")
    stuck, free = keys_of_lanes(2)
    for name, key in (("bad", stuck), ("one", free), ("behind", stuck), ("two", free)):
        data = json.dumps({"name": name}).encode()
        source.api.put_record(StreamName=source.name, PartitionKey=key, Data=data)
    source.feed(function, ParallelizationFactor=2, BatchSize=1)
    eventually(lambda: {("one",), ("two",)} < set(map(tuple, names(function))))
    passed = [name for name in flat(function) if name != "bad"]
    assert sorted(passed) == ["one", "two"]  # "behind" waits for "bad"


def test_a_mapping_tells_how_its_last_batch_went(aws: Aws, source: Source) -> None:
    function = failing(aws, "assert not bad")
    mapping = source.feed(function, MaximumRetryAttempts=0)["UUID"]

    def tells(result: str) -> bool:
        found = aws.lambdas.get_event_source_mapping(UUID=mapping)
        return found["LastProcessingResult"] == result

    assert tells("No records processed")
    failed = "PROBLEM: Function call failed"
    for name, result in (("good", "OK"), ("bad", failed), ("better", "OK")):
        source.put(name)
        eventually(functools.partial(tells, result))


def test_a_stream_is_read_by_its_arn_too(aws: Aws) -> None:
    source = kinesis(aws)
    source.put("ann")
    shard = {"StreamARN": source.arn, "ShardId": "shardId-000000000000"}
    at = source.api.get_shard_iterator(**shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    read = source.api.get_records(ShardIterator=at)
    assert [json.loads(record["Data"])["name"] for record in read["Records"]] == ["ann"]
    source.put("bob")
    read = source.api.get_records(ShardIterator=read["NextShardIterator"])
    assert [json.loads(record["Data"])["name"] for record in read["Records"]] == ["bob"]


def test_a_topic_is_told_of_lost_records_too(aws: Aws, source: Source) -> None:
    sns, line = aws.client("sns"), Line(aws, f"told-{source.name}")
    line.admit("sns.amazonaws.com")
    topic = sns.create_topic(Name=source.name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=line.arn)
    told = {"OnFailure": {"Destination": topic}}
    source.put("bad")
    source.feed(failing(aws, "assert not bad"), MaximumRetryAttempts=0, DestinationConfig=told)
    message = json.loads(json.loads(letter(line)["Body"])["Message"])
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
