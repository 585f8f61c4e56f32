"""What is told of a stream's records that were given up, and how a batch is narrowed down before.

(events contract 3.2 to 3.4)
"""

import json
import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from event_sources import Line, Source, eventually, failing, letter, names
from harness import Aws, Function

REPORTED = "return {'batchItemFailures': [{'itemIdentifier': number(r)} for r in bad]}"
REPORTING: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture(params=["kinesis", "dynamodb"])
def source(aws: Aws, request: pytest.FixtureRequest) -> Source:
    return Source(aws, request.param, f"source-{uuid.uuid4().hex[:8]}")


def given_up(source: Source, function: Function, **settings: Any) -> dict[str, Any]:
    """Have the function fail at once for good; what its destination is told."""
    lost = Line(source.aws, f"lost-{source.name}")
    told = {"OnFailure": {"Destination": lost.arn}}
    source.feed(function, MaximumRetryAttempts=0, DestinationConfig=told, **settings)
    return dict(json.loads(letter(lost)["Body"]))


def place(record: dict[str, Any]) -> tuple[str, float]:
    """A record's number, and when it came."""
    if "kinesis" in record:
        inner = record["kinesis"]
        return inner["sequenceNumber"], inner["approximateArrivalTimestamp"]
    inner = record["dynamodb"]
    return inner["SequenceNumber"], inner["ApproximateCreationDateTime"]


def is_stamp(text: str, time: float, kind: str) -> bool:
    """Of a table's records, the seconds are told."""
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + (r"\.\d{3}Z" if kind == "kinesis" else "Z")
    told = datetime.fromisoformat(text).timestamp()
    return bool(re.fullmatch(form, text)) and abs(told - time) < (0.002 if kind == "kinesis" else 1)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("assert not bad", "Unhandled"),
        (REPORTED, None),
        ("return {'batchItemFailures': [{'foo': 'notvalid'}]}", None),
    ],
)
def test_the_whole_record(source: Source, body: str, error: str | None) -> None:
    function = failing(source.aws, body)
    for name in ("bad", "worse"):
        source.put(name)
    told = given_up(source, function, **REPORTING)
    (event,) = function.events()
    first, last = map(place, event["Records"])
    kind = "KinesisBatchInfo" if source.kind == "kinesis" else "DDBStreamBatchInfo"
    info = told[kind]
    assert info.pop("shardId").startswith("shardId-")
    assert is_stamp(info.pop("approximateArrivalOfFirstRecord"), first[1], source.kind)
    assert is_stamp(info.pop("approximateArrivalOfLastRecord"), last[1], source.kind)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.pop("timestamp"))
    (request_id,) = (line.split()[2] for line in function.log() if line.startswith("START"))
    assert told == {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function.arn,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": error,
        },
        "version": "1.0",
        kind: {
            "startSequenceNumber": first[0],
            "endSequenceNumber": last[0],
            "batchSize": 2,
            "streamArn": source.arn,
        },
    }


def test_its_members_have_their_order(source: Source) -> None:
    source.put("bad")
    told = given_up(source, failing(source.aws, "assert not bad"))
    info = "KinesisBatchInfo" if source.kind == "kinesis" else "DDBStreamBatchInfo"
    assert list(told) == ["requestContext", "responseContext", "version", "timestamp", info]
    assert list(told["requestContext"]) == [
        *("requestId", "functionArn", "condition", "approximateInvokeCount"),
    ]
    assert list(told[info]) == [
        *("shardId", "startSequenceNumber", "endSequenceNumber"),
        *("approximateArrivalOfFirstRecord", "approximateArrivalOfLastRecord"),
        *("batchSize", "streamArn"),
    ]


def test_a_batch_is_split_at_the_record_that_is_reported(source: Source) -> None:
    function = failing(source.aws, REPORTED)
    for name in ("one", "two", "bad", "three"):
        source.put(name)
    told = given_up(source, function, BisectBatchOnFunctionError=True, **REPORTING)
    assert names(function) == [["one", "two", "bad", "three"], ["bad", "three"]]
    info = told["KinesisBatchInfo" if source.kind == "kinesis" else "DDBStreamBatchInfo"]
    assert info["batchSize"] == 2


def test_a_batch_that_fails_whole_is_split_in_two_though_items_may_be_reported(
    source: Source,
) -> None:
    function = failing(source.aws, "assert not bad")
    for name in ("one", "two", "bad", "three"):
        source.put(name)
    source.feed(function, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True, **REPORTING)
    eventually(lambda: names(function)[-1:] == [["three"]])
    assert ["one", "two"] in names(function)
    assert ["bad"] in names(function)


@pytest.mark.parametrize(
    "answer",
    ["[]", "None", "{}", "''", "{'batchItemFailures': []}", "{'batchItemFailures': None}"],
)
def test_what_means_that_all_went_well(source: Source, answer: str) -> None:
    function = failing(source.aws, f"return {answer}")
    mapping = source.feed(function, MaximumRetryAttempts=0, **REPORTING)["UUID"]
    source.put("bad")
    api = source.aws.lambdas
    eventually(lambda: api.get_event_source_mapping(UUID=mapping)["LastProcessingResult"] == "OK")
    assert names(function) == [["bad"]]


@pytest.mark.parametrize(
    "item",
    [
        "{'itemIdentifier': ''}",
        "{'itemIdentifier': None}",
        "{'itemIdentifier': '123'}",
        "{'foo': number(bad[0])}",
    ],
)
def test_what_means_that_all_failed(source: Source, item: str) -> None:
    function = failing(source.aws, f"return {{'batchItemFailures': [{item}]}}")
    for name in ("one", "bad"):
        source.put(name)
    told = given_up(source, function, **REPORTING)
    info = told["KinesisBatchInfo" if source.kind == "kinesis" else "DDBStreamBatchInfo"]
    assert (names(function), info["batchSize"]) == ([["one", "bad"]], 2)


def test_to_find_no_room_is_no_attempt(source: Source) -> None:
    function, api = failing(source.aws, "assert not bad"), source.aws.lambdas
    api.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
    mapping = source.feed(function, MaximumRetryAttempts=0)["UUID"]
    source.put("good")
    failed = "PROBLEM: Function call failed"
    eventually(lambda: api.get_event_source_mapping(UUID=mapping)["LastProcessingResult"] == failed)
    assert names(function) == []
    api.delete_function_concurrency(FunctionName=function.name)
    eventually(lambda: names(function) == [["good"]])
