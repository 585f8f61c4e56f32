"""What streams take, keep and lose, and what of it mappings read (events contract 1.1, 3.2)."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from event_sources import Source, eventually, failing, flat, names, pass_by
from harness import Aws, refused

NUMBERS = """
import json
def handler(event, context):
    found = [record.get("kinesis") or record["dynamodb"] for record in event["Records"]]
    numbers = [each.get("sequenceNumber") or each["SequenceNumber"] for each in found]
    print(json.dumps({"numbers": numbers, "size": len(json.dumps(event))}))
"""
SENDERS, MOST = 4, 6_291_456


def made(aws: Aws, kind: str) -> Source:
    return Source(aws, kind, f"source-{uuid.uuid4().hex[:8]}")


@pytest.fixture(params=["kinesis", "dynamodb"])
def source(aws: Aws, request: pytest.FixtureRequest) -> Source:
    return made(aws, request.param)


def put_many(source: Source, sender: int) -> None:
    """Five hundred records, by as few calls as there can be."""
    numbers = [str(number) for number in range(sender * 500, (sender + 1) * 500)]
    if source.kind == "kinesis":
        records = [{"Data": b"{}", "PartitionKey": number} for number in numbers]
        source.api.put_records(StreamName=source.name, Records=records)
        return
    puts = [{"PutRequest": {"Item": {"id": {"S": number}}}} for number in numbers]
    for start in range(0, 500, 25):
        source.api.batch_write_item(RequestItems={source.name: puts[start : start + 25]})


def test_what_comes_at_once_is_all_kept_each_with_a_number_of_its_own(source: Source) -> None:
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(partial(put_many, source), range(SENDERS)))
    function = source.aws.function(NUMBERS)
    source.feed(function, BatchSize=10_000)

    def numbers() -> list[int]:
        return [int(number) for event in function.events() for number in event["numbers"]]

    eventually(lambda: len(numbers()) == 500 * SENDERS)
    assert numbers() == sorted(set(numbers()))


def put_large(source: Source) -> None:
    """A record of a megabyte, or changes of an item that make almost as much."""
    if source.kind == "kinesis":
        data = b"x" * 780_000  # a third more in base64
        source.api.put_record(StreamName=source.name, PartitionKey="key", Data=data)
        return
    for letter in "ab":
        item = {"id": {"S": "large"}, "text": {"S": letter * 300_000}}
        source.api.put_item(TableName=source.name, Item=item)


def test_one_call_takes_six_megabytes(source: Source) -> None:
    for _ in range(8):
        put_large(source)
    function = source.aws.function(NUMBERS)
    source.feed(function)
    first, second = eventually(lambda: len(function.events()) == 2 and function.events())
    assert MOST - 1_100_000 < first["size"] < MOST
    numbers = [int(number) for event in (first, second) for number in event["numbers"]]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == (8 if source.kind == "kinesis" else 16)


def test_lanes_of_a_table_do_not_wait_for_each_other(aws: Aws) -> None:
    source, function = made(aws, "dynamodb"), failing(aws, "assert not bad")
    source.put("bad")
    everybody = [f"item-{number}" for number in range(20)]
    for name in everybody:
        source.put(name)
    source.feed(function, ParallelizationFactor=2, BatchSize=1)
    eventually(lambda: len(set(flat(function))) > 2)
    passed = [name for name in flat(function) if name != "bad"]
    assert passed == [name for name in everybody if name in passed]
    assert len(passed) < len(everybody)  # the others are behind the bad one


@pytest.mark.parametrize(("before", "after"), [(1, 5), (5, 1)])
def test_other_lanes_go_on_where_the_slowest_was(source: Source, before: int, after: int) -> None:
    function = source.aws.echo()
    mapping = source.feed(function, ParallelizationFactor=before)["UUID"]
    for name in ("one", "two", "three"):
        source.put(name)
    eventually(lambda: len(flat(function)) == 3)
    api: Any = source.aws.lambdas

    def set_enabled(enabled: bool, **more: Any) -> None:
        api.update_event_source_mapping(UUID=mapping, Enabled=enabled, **more)
        state = "Enabled" if enabled else "Disabled"
        eventually(lambda: api.get_event_source_mapping(UUID=mapping)["State"] == state)

    set_enabled(False)
    for name in ("four", "five"):
        source.put(name)
    set_enabled(True, ParallelizationFactor=after)
    eventually(lambda: len(flat(function)) == 5)
    assert sorted(flat(function)) == sorted(("one", "two", "three", "four", "five"))


def test_another_stream_of_the_same_name_is_not_read_until_the_mapping_is_changed(
    aws: Aws,
) -> None:
    source, function, api = made(aws, "kinesis"), aws.echo(), aws.client("lambda")
    mapping = {"UUID": source.feed(function)["UUID"]}
    for name in ("one", "two"):
        source.put(name)
    eventually(lambda: flat(function) == ["one", "two"])
    source.api.delete_stream(StreamName=source.name)
    source.api.create_stream(StreamName=source.name, ShardCount=1)
    source.put("three")
    eventually(lambda: api.get_event_source_mapping(**mapping)["State"] == "Enabled")
    told = api.get_event_source_mapping(**mapping)["LastProcessingResult"]
    assert told.startswith("PROBLEM: ")
    assert flat(function) == ["one", "two"]
    api.update_event_source_mapping(**mapping, BatchSize=7)
    eventually(lambda: flat(function) == ["one", "two", "three"])
    assert api.get_event_source_mapping(**mapping)["LastProcessingResult"] == "OK"


def test_what_the_stream_keeps_no_longer_is_not_read(moved: Aws) -> None:
    for kind in ("kinesis", "dynamodb"):
        source, function = made(moved, kind), moved.echo()
        source.put("old")
        pass_by(moved, 24 * 3600 + 1)
        source.put("new")
        source.feed(function)
        eventually(function.events)
        assert names(function) == [["new"]]


def test_what_fails_is_tried_as_long_as_the_stream_keeps_it(moved: Aws) -> None:
    source, function = made(moved, "kinesis"), failing(moved, "assert not bad")
    source.feed(function)
    source.api.increase_stream_retention_period(StreamName=source.name, RetentionPeriodHours=48)
    source.put("bad")
    eventually(function.events)
    pass_by(moved, 24 * 3600 + 1)
    source.put("good")
    before = len(function.events())
    eventually(lambda: len(function.events()) > before)
    assert set(flat(function)) == {"bad"}
    pass_by(moved, 24 * 3600)
    eventually(lambda: flat(function)[-1] == "good")


def test_a_record_has_a_megabyte_at_the_most(aws: Aws) -> None:
    source = made(aws, "kinesis")
    put, put_several = source.api.put_record, source.api.put_records
    too_large = {"PartitionKey": "key", "Data": b"x" * (1_048_576 - 2)}
    told = "failed to satisfy constraint: Member must have length less than or equal to 1048576"
    with refused("ValidationException", f"1 validation error detected: Value at 'data' {told}"):
        put(StreamName=source.name, **too_large)
    with refused("ValidationException", "1 validation error detected: Value at 'records.1..."):
        put_several(StreamName=source.name, Records=[too_large])
    put(StreamName=source.name, PartitionKey="key", Data=b"x" * (1_048_576 - 3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MaxRecordSizeInKiB", 2048),
        ("RecordDistributionStrategy", "UNIFORM"),
        ("WarmThroughputMiBps", 10),
    ],
)
def test_what_new_streams_do_not_have_is_refused_by_name(
    aws: Aws, name: str, value: object
) -> None:
    kinesis = aws.careless("kinesis")
    with refused("NotImplementedException", f"The sandbox does not have a stream's {name}. ..."):
        kinesis.create_stream(StreamName=f"stream-{uuid.uuid4().hex[:8]}", **{name: value})


def test_a_new_stream_has_its_tags(aws: Aws) -> None:
    kinesis, name = aws.client("kinesis"), f"stream-{uuid.uuid4().hex[:8]}"
    kinesis.create_stream(StreamName=name, ShardCount=1, Tags={"team": "blue"})
    (tag,) = kinesis.list_tags_for_stream(StreamName=name)["Tags"]
    assert tag == {"Key": "team", "Value": "blue"}


def test_shards_are_neither_divided_nor_joined(aws: Aws) -> None:
    kinesis, stream = aws.client("kinesis"), f"stream-{uuid.uuid4().hex[:8]}"
    kinesis.create_stream(StreamName=stream, ShardCount=2)
    first, second = (shard["ShardId"] for shard in kinesis.list_shards(StreamName=stream)["Shards"])
    for name, given in (
        ("split_shard", {"ShardToSplit": first, "NewStartingHashKey": "10"}),
        ("merge_shards", {"ShardToMerge": first, "AdjacentShardToMerge": second}),
        ("update_shard_count", {"TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}),
    ):
        with refused("NotImplementedException", "The sandbox neither divides nor joins shards...."):
            getattr(kinesis, name)(StreamName=stream, **given)
