"""Event source mappings: their settings, states and errors (events contract 1)."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from event_sources import Line, Source, eventually, feed, flat
from harness import Aws, Function, refused

INVALID = "InvalidParameterValueException"
SAY_VERSION = 'def handler(event, context): print(f"version {context.function_version};")'
OTHERS = "arn:aws:kafka:us-east-1:123456789012"


@pytest.fixture
def function(aws: Aws) -> Function:
    return aws.echo(Timeout=1)


@pytest.fixture
def line(aws: Aws) -> Line:
    return Line(aws, f"line-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def source(aws: Aws) -> Source:
    return Source(aws, "kinesis", f"source-{uuid.uuid4().hex[:8]}")


def test_a_queues_mapping_shows_what_aws_shows(line: Line, function: Function) -> None:
    made = line.feed(function)
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    assert made.pop("LastModified")
    mapping = made.pop("UUID")
    assert made == {
        "BatchSize": 10,
        "EventSourceArn": line.arn,
        "EventSourceMappingArn": (
            f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{mapping}"
        ),
        "FunctionArn": function.arn,
        "FunctionResponseTypes": [],
        "MaximumBatchingWindowInSeconds": 0,
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
    }


def test_a_streams_mapping_shows_what_aws_shows(source: Source, function: Function) -> None:
    made = source.feed(function)
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    for name in ("LastModified", "UUID", "EventSourceMappingArn"):
        assert made.pop(name)
    assert made == {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "EventSourceArn": source.arn,
        "FunctionArn": function.arn,
        "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "StartingPosition": "TRIM_HORIZON",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }


def test_states(aws: Aws, line: Line, function: Function) -> None:
    api: Any = aws.lambdas
    mapping = line.feed(function, Enabled=False)
    assert mapping["State"] == "Disabled"
    of_it = {"UUID": mapping["UUID"]}

    def comes_to(state: str) -> None:
        eventually(lambda: api.get_event_source_mapping(**of_it)["State"] == state)

    assert api.update_event_source_mapping(**of_it, Enabled=True)["State"] == "Enabling"
    comes_to("Enabled")
    assert api.update_event_source_mapping(**of_it, BatchSize=5)["State"] == "Updating"
    comes_to("Enabled")
    assert api.update_event_source_mapping(**of_it, Enabled=False)["State"] == "Disabling"
    comes_to("Disabled")
    deleted = api.delete_event_source_mapping(**of_it)
    assert (deleted["State"], deleted["BatchSize"]) == ("Deleting", 5)
    eventually(
        lambda: not api.list_event_source_mappings(EventSourceArn=line.arn)["EventSourceMappings"]
    )
    with refused("ResourceNotFoundException", "The resource you requested does not exist."):
        api.get_event_source_mapping(**of_it)


def test_listing_pages_and_narrows_down(aws: Aws, function: Function) -> None:
    made = {Line(aws, f"page-{uuid.uuid4().hex[:8]}").feed(function)["UUID"] for _ in range(3)}
    pages = aws.lambdas.get_paginator("list_event_source_mappings").paginate(
        FunctionName=function.name, PaginationConfig={"PageSize": 2}
    )
    found = [[each["UUID"] for each in page["EventSourceMappings"]] for page in pages]
    assert [len(page) for page in found] == [2, 1]
    assert {mapping for page in found for mapping in page} == made


def test_a_page_has_a_hundred_at_the_most(aws: Aws) -> None:
    api, sqs, function = aws.client("lambda"), aws.client("sqs"), aws.echo(Timeout=1)
    made = []
    for _ in range(101):
        queue = sqs.create_queue(QueueName=f"page-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{queue.rpartition('/')[2]}"
        made.append(feed(aws, arn, function, Enabled=False)["UUID"])
    first = api.list_event_source_mappings(FunctionName=function.name, MaxItems=1000)
    assert len(first["EventSourceMappings"]) == 100
    second = api.list_event_source_mappings(FunctionName=function.name, Marker=first["NextMarker"])
    assert "NextMarker" not in second
    listed = first["EventSourceMappings"] + second["EventSourceMappings"]
    assert {each["UUID"] for each in listed} == set(made)


def test_what_each_call_answers(line: Line, source: Source, function: Function) -> None:
    api: Any = line.aws.lambdas
    named = {"UUID": line.feed(function)["UUID"]}

    def status(call: Any, **given: Any) -> int:
        return int(call(**given)["ResponseMetadata"]["HTTPStatusCode"])

    def shown(**narrowed: str) -> list[dict[str, Any]]:
        return list(api.list_event_source_mappings(**narrowed)["EventSourceMappings"])

    assert status(api.get_event_source_mapping, **named) == 200
    assert status(api.list_event_source_mappings) == 200
    assert status(api.update_event_source_mapping, **named, BatchSize=5) == 202
    eventually(lambda: api.get_event_source_mapping(**named)["State"] == "Enabled")
    whole = api.get_event_source_mapping(**named)
    del whole["ResponseMetadata"]
    both = {"FunctionName": function.name, "EventSourceArn": line.arn}
    assert shown(**both) == shown(EventSourceArn=line.arn) == [whole]
    assert shown(**both | {"EventSourceArn": source.arn}) == []
    with refused(INVALID, "Maximum batch window in seconds must be greater than 0 if ..."):
        api.update_event_source_mapping(**named, BatchSize=11)
    assert status(api.delete_event_source_mapping, **named) == 202
    gone = {"UUID": str(uuid.uuid4())}
    for call in ("get", "update", "delete"):
        with refused("ResourceNotFoundException", "The resource you requested does not exist."):
            getattr(api, f"{call}_event_source_mapping")(**gone)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("BatchSize", (0, 10_001)),
        ("MaximumBatchingWindowInSeconds", (-1, 301)),
        ("MaximumRecordAgeInSeconds", (-2, 0, 59, 604_801)),
        ("MaximumRetryAttempts", (-2, 10_001)),
        ("ParallelizationFactor", (0, 11)),
        ("TumblingWindowInSeconds", (-1, 901)),
    ],
)
def test_each_number_has_its_bounds(
    source: Source, function: Function, name: str, values: tuple[int, ...]
) -> None:
    member, create = name[0].lower() + name[1:], source.aws.careless("lambda")
    for value in values:
        with pytest.raises(ClientError, match=f"Value '{value}' at '{member}' failed to"):
            create.create_event_source_mapping(
                EventSourceArn=source.arn,
                FunctionName=function.name,
                StartingPosition="LATEST",
                **{name: value},
            )


def test_a_fifo_queue_has_small_batches_and_no_window(aws: Aws, function: Function) -> None:
    fifo = Line(aws, f"line-{uuid.uuid4().hex[:8]}.fifo", FifoQueue="true")
    with refused(INVALID, "A FIFO queue's batch has at most 10 messages."):
        fifo.feed(function, BatchSize=11)
    with refused(INVALID, "A FIFO queue has no batching window."):
        fifo.feed(function, MaximumBatchingWindowInSeconds=1)


def test_how_many_filters_there_may_be_and_how_long(line: Line, function: Function) -> None:
    several = [{"Pattern": json.dumps({"body": [str(number)]})} for number in range(6)]
    with refused(INVALID, "A mapping has at most 5 filters."):
        line.feed(function, FilterCriteria={"Filters": several})
    long = [{"Pattern": json.dumps({"body": ["a" * 4096]})}]
    with pytest.raises(ClientError, match="length less than or equal to 4096"):
        line.feed(function, FilterCriteria={"Filters": long})
    assert line.feed(function, FilterCriteria={"Filters": several[:5]})["UUID"]


def test_a_deleted_functions_mapping_stays(aws: Aws, line: Line, function: Function) -> None:
    mapping = line.feed(function)["UUID"]
    aws.lambdas.delete_function(FunctionName=function.name)
    eventually(lambda: aws.lambdas.get_event_source_mapping(UUID=mapping)["State"] == "Enabled")
    assert aws.lambdas.delete_event_source_mapping(UUID=mapping)["State"] == "Deleting"


def test_what_queues_do_not_take(aws: Aws, line: Line, function: Function) -> None:
    with refused(INVALID, "StartingPosition is not valid for SQS event sources."):
        line.feed(function, StartingPosition="LATEST")
    with refused(INVALID, "StartingPositionTimestamp is not valid for SQS event sources."):
        line.feed(function, StartingPositionTimestamp=1)
    with refused(
        INVALID,
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10",
    ):
        line.feed(function, BatchSize=11)
    slow = aws.echo(Timeout=180)
    with refused(
        INVALID, "Queue visibility timeout: 1 seconds is less than Function timeout: 180 seconds"
    ):
        line.feed(slow)
    with refused(INVALID, "The sandbox has no TumblingWindowInSeconds for sqs."):
        line.feed(function, TumblingWindowInSeconds=3)


def test_what_streams_do_not_take(aws: Aws, source: Source, function: Function) -> None:
    create: Callable[..., Any] = aws.lambdas.create_event_source_mapping
    of_it = {"EventSourceArn": source.arn, "FunctionName": function.name}
    with refused(
        INVALID,
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
        "constraint: Member must not be null.",
    ):
        create(**of_it)
    with refused("ValidationException", "1 validation error detected: Value 'NOW' at ..."):
        create(**of_it, StartingPosition="NOW")
    table = Source(aws, "dynamodb", f"source-{uuid.uuid4().hex[:8]}")
    with refused(INVALID, f"Unsupported starting position for arn type: {table.arn}"):
        table.feed(function, "AT_TIMESTAMP", StartingPositionTimestamp=0)
    with refused(INVALID, f"The sandbox cannot tell {source.arn} of failures. ..."):
        source.feed(function, DestinationConfig={"OnFailure": {"Destination": source.arn}})
    with refused(
        INVALID, "Unsupported DestinationConfig parameter for given event source mapping type."
    ):
        source.feed(function, DestinationConfig={"OnSuccess": {"Destination": source.arn}})


@pytest.mark.parametrize("pattern", ["null", '"text"', '{"a": "b"}', '{"a": []}'])
def test_what_is_no_filter(line: Line, function: Function, pattern: str) -> None:
    with refused(INVALID, "Invalid filter pattern definition."):
        line.feed(function, FilterCriteria={"Filters": [{"Pattern": pattern}]})


def test_twins_are_refused(line: Line, source: Source, function: Function) -> None:
    first = line.feed(function)["UUID"]
    with refused(
        "ResourceConflictException",
        f'An event source mapping with SQS arn (" {line.arn} ") and function '
        f'(" {function.name} ") already exists. Please update or delete the existing mapping '
        f"with UUID {first}",
    ):
        line.feed(function)
    second = source.feed(function)["UUID"]
    with refused(
        "ResourceConflictException",
        f'The event source arn (" {source.arn} ") and function (" {function.name} ") provided '
        f"mapping already exists. Please update or delete the existing mapping with UUID {second}",
    ):
        source.feed(function)


def test_what_is_not_there(aws: Aws, line: Line, function: Function) -> None:
    create: Callable[..., Any] = aws.lambdas.create_event_source_mapping
    with refused(INVALID, "Unrecognized event source."):
        create(FunctionName=function.name)
    with refused(INVALID, "Function does not exist"):
        create(FunctionName="nobody", EventSourceArn=line.arn)
    with refused(INVALID, "Error occurred while ReceiveMessage. SQS Error Code: ..."):
        create(FunctionName=function.name, EventSourceArn=line.arn + "-not")
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/not-there"
    with refused(INVALID, f"Stream not found: {stream}"):
        create(FunctionName=function.name, EventSourceArn=stream, StartingPosition="LATEST")


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ({"EventSourceArn": f"{OTHERS}:cluster/mine/1", "Topics": ["topic"]}, OTHERS),
        ({"EventSourceArn": "arn:aws:rds:us-east-1:123456789012:cluster:docs"}, "arn:aws:rds:"),
        ({"EventSourceArn": "arn:aws:mq:us-east-1:123456789012:broker:b:1"}, "arn:aws:mq:"),
        (
            {
                "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["here:9092"]}},
                "Topics": ["topic"],
            },
            "Apache Kafka of your own",
        ),
    ],
)
def test_other_sources_are_refused_by_name(
    aws: Aws, function: Function, source: dict[str, Any], named: str
) -> None:
    create: Callable[..., Any] = aws.lambdas.create_event_source_mapping
    with refused(INVALID, f"Unrecognized event source. The sandbox has no {named}..."):
        create(FunctionName=function.name, StartingPosition="LATEST", **source)


def test_a_mapping_has_tags(line: Line, function: Function) -> None:
    api = line.aws.lambdas
    arn = line.feed(function, Tags={"team": "blue", "old": "yes"})["EventSourceMappingArn"]
    api.tag_resource(Resource=arn, Tags={"new": "too"})
    api.untag_resource(Resource=arn, TagKeys=["old"])
    assert api.list_tags(Resource=arn)["Tags"] == {"team": "blue", "new": "too"}
    gone = arn[:-36] + str(uuid.uuid4())
    with refused("ResourceNotFoundException", f"Event source mapping not found: {gone}"):
        api.list_tags(Resource=gone)


def test_an_empty_filter_list_is_dropped(line: Line, function: Function) -> None:
    assert "FilterCriteria" not in line.feed(function, FilterCriteria={"Filters": []})
    pattern: dict[str, Any] = {"Filters": [{"Pattern": json.dumps({"body": ["a"]})}]}
    other = Line(line.aws, f"line-{uuid.uuid4().hex[:8]}")
    assert other.feed(function, FilterCriteria=pattern)["FilterCriteria"] == pattern


@pytest.mark.parametrize("kind", ["sqs", "kinesis", "dynamodb"])
def test_a_mapping_on_an_alias_follows_it(aws: Aws, kind: str) -> None:
    function, name = aws.function(SAY_VERSION, Timeout=1), f"aliased-{uuid.uuid4().hex[:8]}"
    fed: Line | Source = Line(aws, name) if kind == "sqs" else Source(aws, kind, name)
    named: Any = {"FunctionName": function.name}
    aws.lambdas.publish_version(**named)
    live = aws.lambdas.create_alias(**named, Name="live", FunctionVersion="1")["AliasArn"]
    start: Any = {} if kind == "sqs" else {"StartingPosition": "TRIM_HORIZON"}
    made = aws.lambdas.create_event_source_mapping(
        EventSourceArn=fed.arn, FunctionName=live, **start
    )
    assert made["FunctionArn"] == live == f"{function.arn}:live"
    (listed,) = aws.lambdas.list_event_source_mappings(FunctionName=live)["EventSourceMappings"]
    assert listed["FunctionArn"] == live
    send = fed.send if isinstance(fed, Line) else fed.put
    send("a")
    eventually(lambda: "version 1;" in "".join(function.log()))
    aws.lambdas.update_function_configuration(**named, Description="newer")
    function.wait()
    aws.lambdas.publish_version(**named)
    aws.lambdas.update_alias(**named, Name="live", FunctionVersion="2")
    send("b")
    eventually(lambda: "version 2;" in "".join(function.log()))


def test_a_streams_mapping_has_no_scaling(source: Source, function: Function) -> None:
    with refused(INVALID, "Unsupported ScalingConfig parameter ..."):
        source.feed(function, ScalingConfig={"MaximumConcurrency": 2})
    mapping = source.feed(function, ScalingConfig={})["UUID"]
    with refused(INVALID, "Unsupported ScalingConfig parameter ..."):
        source.aws.lambdas.update_event_source_mapping(
            UUID=mapping, ScalingConfig={"MaximumConcurrency": 2}
        )


def test_a_consumer_of_a_stream_is_refused_by_name(aws: Aws) -> None:
    source = Source(aws, "kinesis", f"source-{uuid.uuid4().hex[:8]}")
    made = source.api.register_stream_consumer(StreamARN=source.arn, ConsumerName="fast")
    consumer = made["Consumer"]["ConsumerARN"]
    told = f"The sandbox has no enhanced fan-out: {consumer} is a consumer. ..."
    with refused("InvalidParameterValueException", told):
        feed(aws, consumer, aws.echo(), StartingPosition="LATEST")


@pytest.mark.parametrize("kind", ["kinesis", "dynamodb"])
def test_a_stream_waits_for_an_alias_that_is_gone(aws: Aws, kind: str) -> None:
    api: Any = aws.lambdas
    function = aws.echo()
    named = {"FunctionName": function.name}
    version = api.publish_version(**named)["Version"]
    alias = named | {"Name": "live"}
    live = api.create_alias(**alias, FunctionVersion=version)["AliasArn"]
    source = Source(aws, kind, f"source-{uuid.uuid4().hex[:8]}")
    start = {"StartingPosition": "TRIM_HORIZON"}
    made = api.create_event_source_mapping(EventSourceArn=source.arn, FunctionName=live, **start)
    source.put("before")
    eventually(lambda: flat(function) == ["before"])

    def shown() -> dict[str, Any]:
        return dict(api.get_event_source_mapping(UUID=made["UUID"]))

    api.delete_alias(**alias)
    source.put("meanwhile")
    eventually(lambda: shown()["LastProcessingResult"] == "PROBLEM: Function call failed")
    eventually(lambda: shown()["State"] == "Enabled")
    api.create_alias(**alias, FunctionVersion=version)
    eventually(lambda: flat(function) == ["before", "meanwhile"])


def test_a_mapping_is_there_once_for_each_alias(aws: Aws, line: Line) -> None:
    api: Any = aws.lambdas
    function = aws.echo(Timeout=1)
    named = {"FunctionName": function.name}
    version = api.publish_version(**named)["Version"]
    live = api.create_alias(**named, Name="live", FunctionVersion=version)["AliasArn"]
    made = api.create_event_source_mapping(EventSourceArn=line.arn, FunctionName=live)["UUID"]
    told = (
        f'An event source mapping with SQS arn (" {line.arn} ") and function '
        f'(" {function.name}:live ") already exists. Please update or delete the existing mapping '
        f"with UUID {made}"
    )
    with refused("ResourceConflictException", told):
        api.create_event_source_mapping(
            EventSourceArn=line.arn, FunctionName=f"{function.name}:live"
        )
    assert line.feed(function)["UUID"] != made


@pytest.mark.parametrize("kind", ["sqs", "kinesis", "dynamodb"])
def test_a_mapping_whose_source_is_gone_can_be_disabled_and_deleted_only(
    aws: Aws, kind: str
) -> None:
    name, api = f"gone-{uuid.uuid4().hex[:8]}", aws.client("lambda")
    gone: Line | Source = Line(aws, name) if kind == "sqs" else Source(aws, kind, name)
    mapping = {"UUID": gone.feed(aws.echo(Timeout=1))["UUID"]}
    told = f"Stream not found: {gone.arn}"
    if isinstance(gone, Line):
        gone.sqs.delete_queue(QueueUrl=gone.url)
        told = "Error occurred while ReceiveMessage. ..."
    elif kind == "kinesis":
        gone.api.delete_stream(StreamName=name)
    else:
        gone.api.delete_table(TableName=name)
    with refused(INVALID, told):
        api.update_event_source_mapping(**mapping, BatchSize=7)
    assert api.get_event_source_mapping(**mapping)["BatchSize"] != 7
    assert api.update_event_source_mapping(**mapping, Enabled=False)["State"] == "Disabling"
    with refused(INVALID, told):
        api.update_event_source_mapping(**mapping, Enabled=True)
    assert api.delete_event_source_mapping(**mapping)["State"] == "Deleting"
