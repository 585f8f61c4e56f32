"""How much goes to a function at once, and how long that waits (events contract 1.1, 2.2)."""

import itertools
import json
import time
import uuid
from typing import Any

import pytest
from event_sources import Line, Source, eventually, flat, names, pass_by
from harness import Aws, Function

SLOW = "import time; time.sleep(20)"


@pytest.fixture
def line(moved: Aws) -> Line:
    return Line(moved, f"line-{uuid.uuid4().hex[:8]}", VisibilityTimeout="300")


@pytest.fixture(params=["kinesis", "dynamodb"])
def source(moved: Aws, request: pytest.FixtureRequest) -> Source:
    return Source(moved, request.param, f"source-{uuid.uuid4().hex[:8]}")


def bodies(function: Function) -> list[list[str]]:
    return [[record["body"] for record in event["Records"]] for event in function.events()]


def test_a_queues_batch_waits_for_more_until_its_window_ends(moved: Aws, line: Line) -> None:
    function = moved.echo()
    line.feed(function, BatchSize=100, MaximumBatchingWindowInSeconds=60)
    for body in ("one", "two"):
        line.send(body)
    time.sleep(0.2)
    assert bodies(function) == []
    line.send("three")
    pass_by(moved, 60)
    eventually(lambda: bodies(function) == [["one", "two", "three"]])
    (record, *_) = function.events()[0]["Records"]
    assert record["md5OfMessageAttributes"] is None


def test_a_full_batch_waits_no_longer(moved: Aws, line: Line) -> None:
    function = moved.echo()
    line.feed(function, BatchSize=2, MaximumBatchingWindowInSeconds=60)
    for body in ("one", "two", "three"):
        line.send(body)
    eventually(lambda: bodies(function) == [["one", "two"]])


def test_a_streams_batch_waits_for_more_until_its_window_ends(source: Source) -> None:
    function = source.aws.echo()
    source.feed(function, MaximumBatchingWindowInSeconds=60)
    for name in ("one", "two"):
        source.put(name)
    time.sleep(0.2)
    assert flat(function) == []
    pass_by(source.aws, 60)
    eventually(lambda: names(function) == [["one", "two"]])


def test_a_streams_batches_have_their_size(source: Source) -> None:
    for number in range(5):
        source.put(str(number))
    function = source.aws.echo()
    source.feed(function, BatchSize=2)
    eventually(lambda: names(function) == [["0", "1"], ["2", "3"], ["4"]])


def test_no_more_batches_are_under_way_than_the_mapping_allows(moved: Aws, line: Line) -> None:
    function = moved.echo("import time; time.sleep(0.1)")
    for number in range(6):
        line.send(str(number))
    line.feed(function, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    eventually(lambda: len(bodies(function)) == 6)
    runs = moved.get("/_sandbox/runs", function=function.name)
    starts = sorted((run["started"], 1) for run in runs)
    ends = [(run["started"] + run["milliseconds"] / 1000, -1) for run in runs]
    changes = [change for _, change in sorted([*starts, *ends])]
    assert max(itertools.accumulate(changes)) == 2


def test_senders_wait_for_no_function(moved: Aws, line: Line, source: Source) -> None:
    function = moved.echo(SLOW, Timeout=30)
    line.feed(function)
    source.feed(function)
    for number in range(3):
        line.send(str(number))
        source.put(str(number))
    eventually(function_runs(function))
    assert not any(text.startswith("END") for text in function.log())


def function_runs(function: Function) -> Any:
    return lambda: function.aws.get("/_sandbox/runs", function=function.name)


def test_a_mapping_that_is_changed_goes_by_its_new_settings(moved: Aws, line: Line) -> None:
    before, after = moved.echo(), moved.echo()
    mapping = line.feed(before)["UUID"]
    line.send("one")
    eventually(lambda: bodies(before) == [["one"]])
    pattern = json.dumps({"body": [{"prefix": "t"}]})
    moved.lambdas.update_event_source_mapping(
        UUID=mapping,
        FunctionName=after.name,
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )
    for body in ("another", "two"):
        line.send(body)
    eventually(lambda: bodies(after) == [["two"]])
    assert bodies(before) == [["one"]]
    moved.lambdas.delete_event_source_mapping(UUID=mapping)
    line.send("three")
    time.sleep(0.1)
    assert bodies(after) == [["two"]]


def test_of_a_fifo_queues_group_one_batch_is_under_way(moved: Aws) -> None:
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "VisibilityTimeout": "300"}
    line = Line(moved, f"line-{uuid.uuid4().hex[:8]}.fifo", **fifo)
    function = moved.echo("import time; time.sleep(0.1)")
    for number in range(6):
        line.send(str(number), MessageGroupId=f"group-{number % 2}")
    line.feed(function, BatchSize=1)
    eventually(lambda: len(bodies(function)) == 6)
    runs = moved.get("/_sandbox/runs", function=function.name)
    for group in ("group-0", "group-1"):
        times = sorted(
            (run["started"], run["started"] + run["milliseconds"] / 1000)
            for run in runs
            if group in run["event"]
        )
        assert len(times) == 3
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(times))
