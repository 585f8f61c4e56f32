"""What waits for time goes by one clock, which moves (events contract 2.2, 3.2, 3.5, 6)."""

import functools
import json
import time
import uuid
from typing import Any

import pytest
from event_sources import Line, Source, eventually, flat, letter, name_of, names, pass_by
from harness import Aws, Function

INFO = {"kinesis": "KinesisBatchInfo", "dynamodb": "DDBStreamBatchInfo"}
HIDDEN = "ApproximateNumberOfMessagesNotVisible"
SUMMING = """
import json
def handler(event, context):
    print(json.dumps(event))
    return {"state": {"count": event["state"].get("count", 0) + len(event["Records"])}}
"""


@pytest.fixture(params=["kinesis", "dynamodb"])
def source(moved: Aws, request: pytest.FixtureRequest) -> Source:
    return Source(moved, request.param, f"source-{uuid.uuid4().hex[:8]}")


def at_a_windows_start(aws: Aws, seconds: int) -> None:
    """Move the clock to where what comes in the next moments comes in one window."""
    pass_by(aws, seconds - aws.now() % seconds + 1)


def throttle(function: Function) -> None:
    function.aws.lambdas.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=0
    )


class Aging:
    """A stream's mapping that takes records of a minute at most, and tells of older ones."""

    def __init__(self, source: Source, body: str) -> None:
        self.source, self.lost = source, Line(source.aws, f"lost-{source.name}")
        self.function = source.aws.echo(body)

    def feed(self) -> None:
        self.source.feed(
            self.function,
            MaximumRecordAgeInSeconds=60,
            DestinationConfig={"OnFailure": {"Destination": self.lost.arn}},
        )

    def told(self, invocations: int | None = None) -> int:
        """How many records were too old, once somebody says so."""
        told = json.loads(letter(self.lost)["Body"])
        assert told["requestContext"]["condition"] == "RecordAgeExceeded"
        assert "responseContext" not in told
        if invocations is not None:
            assert told["requestContext"]["approximateInvokeCount"] == invocations
        return int(told[INFO[self.source.kind]]["batchSize"])


def test_records_that_fail_until_they_are_too_old_are_given_up(source: Source) -> None:
    aging = Aging(source, 'raise ValueError("no")')
    source.put("one")
    aging.feed()
    eventually(aging.function.events)
    pass_by(source.aws, 61)
    assert aging.told() == 1


def test_records_get_too_old_while_their_function_is_throttled(source: Source) -> None:
    aging = Aging(source, "pass")
    throttle(aging.function)
    source.put("one")
    aging.feed()
    pass_by(source.aws, 61)
    assert aging.told(invocations=0) == 1
    assert aging.function.events() == []


def test_records_that_are_too_old_never_reach_their_function(source: Source) -> None:
    aging = Aging(source, "pass")
    for name in ("one", "two"):
        source.put(name)
    pass_by(source.aws, 61)
    source.put("three")
    aging.feed()
    eventually(aging.function.events)
    assert names(aging.function) == [["three"]]
    assert aging.told(invocations=0) == 2


def test_a_window_hands_its_state_on_until_its_time_is_over(source: Source) -> None:
    at_a_windows_start(source.aws, 300)
    function = source.aws.function(SUMMING)
    reporting = ["ReportBatchItemFailures"]
    source.feed(function, TumblingWindowInSeconds=300, FunctionResponseTypes=reporting)
    source.put("one")
    (event,) = eventually(function.events)
    assert event["state"] == {}
    source.put("two")
    eventually(lambda: flat(function) == ["one", "two"])
    assert not any(event["isFinalInvokeForWindow"] for event in function.events())
    pass_by(source.aws, 300)
    final = eventually(lambda: function.events()[2:])[0]
    assert final["isFinalInvokeForWindow"]
    assert final["state"] == {"count": 2}
    assert final["shardId"].startswith("shardId-")
    assert final["window"].keys() == {"start", "end"}


def test_a_window_ends_with_all_that_came_in_it(source: Source) -> None:
    at_a_windows_start(source.aws, 300)
    function = source.aws.function(
        SUMMING.replace("    print", "    import time; time.sleep(0.5)\n    print")
    )
    source.feed(function, TumblingWindowInSeconds=300, BatchSize=1)
    source.put("one")
    eventually(lambda: source.aws.get("/_sandbox/runs", function=function.name))
    source.put("two")
    pass_by(source.aws, 300)
    source.put("three")
    eventually(lambda: len(function.events()) == 4)
    told = [
        (
            [name_of(record) for record in event["Records"]],
            event["isFinalInvokeForWindow"],
            event["state"],
        )
        for event in function.events()
    ]
    assert told == [
        (["one"], False, {}),
        (["two"], False, {"count": 1}),
        ([], True, {"count": 2}),
        (["three"], False, {}),
    ]


def test_who_returns_no_state_has_failed(source: Source) -> None:
    at_a_windows_start(source.aws, 300)
    function = source.aws.function(
        "import json\n"
        "def handler(event, context):\n"
        "    print(json.dumps(event))\n"
        "    return {'batchItemFailures': []}\n"
    )
    reporting: Any = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    mapping = source.feed(
        function, TumblingWindowInSeconds=300, MaximumRetryAttempts=1, **reporting
    )["UUID"]
    source.put("one")
    eventually(lambda: names(function) == [["one"], ["one"]])
    told = source.aws.lambdas.get_event_source_mapping(UUID=mapping)
    assert told["LastProcessingResult"] == "PROBLEM: Function call failed"


def test_a_failing_function_is_tried_again_after_one_and_after_two_minutes(moved: Aws) -> None:
    function = moved.echo('raise ValueError("no")')
    function.invoke({}, InvocationType="Event")

    def was_tried(times: int) -> bool:
        return len(function.events()) == times

    for number, seconds in ((1, 60), (2, 120)):
        eventually(functools.partial(was_tried, number))
        pass_by(moved, seconds - 10)
        time.sleep(0.2)
        assert was_tried(number)
        pass_by(moved, 10)
    eventually(functools.partial(was_tried, 3))


def test_without_room_reserved_nothing_is_tried(moved: Aws) -> None:
    dead, lost = (Line(moved, f"{kind}-of-zero") for kind in ("dead", "lost"))
    function = moved.echo(DeadLetterConfig={"TargetArn": dead.arn})
    moved.lambdas.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnFailure": {"Destination": lost.arn}}
    )
    throttle(function)
    moved.lambdas.invoke(FunctionName=function.name, InvocationType="Event", Payload='{"a": 1}')
    told = json.loads(letter(lost)["Body"])
    assert told["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert told["requestPayload"] == {"a": 1}
    assert not {"responseContext", "responsePayload"} & told.keys()
    assert letter(dead)["Body"] == '{"a": 1}'
    assert function.events() == []


class Fifo:
    """A FIFO queue whose messages are received twice at most."""

    def __init__(self, aws: Aws) -> None:
        name = uuid.uuid4().hex[:8]
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        self.dead = Line(aws, f"dead-{name}.fifo", **fifo)
        redrive = json.dumps({"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": 2})
        self.line = Line(aws, f"{name}.fifo", VisibilityTimeout="30", RedrivePolicy=redrive, **fifo)

    def send(self, *bodies: str, group: str = "group") -> None:
        for body in bodies:
            self.line.send(body, MessageGroupId=group)


def received(function: Function) -> list[list[tuple[str, str]]]:
    """The messages of each batch, and how often they had come by then."""
    runs = function.aws.get("/_sandbox/runs", function=function.name)
    events = [json.loads(run["event"]) for run in sorted(runs, key=lambda run: run["started"])]
    return [
        [(each["body"], each["attributes"]["ApproximateReceiveCount"]) for each in event["Records"]]
        for event in events
    ]


def test_what_is_reported_of_a_fifo_queue_comes_again_in_order(moved: Aws) -> None:
    fifo = Fifo(moved)
    function = moved.function(
        "import json\n"
        "def handler(event, context):\n"
        "    print(json.dumps(event))\n"
        "    good = '1' if len(event['Records']) == 4 else '3'\n"
        "    failed = [r['messageId'] for r in event['Records'] if r['body'] > good]\n"
        "    return {'batchItemFailures': [{'itemIdentifier': each} for each in failed]}\n"
    )
    fifo.send("1", "2", "3", "4")
    fifo.line.feed(function, FunctionResponseTypes=["ReportBatchItemFailures"])
    eventually(lambda: fifo.line.attribute(HIDDEN) == "3")
    pass_by(moved, 31)
    eventually(lambda: fifo.line.attribute(HIDDEN) == "1")
    assert received(function) == [
        [(body, "1") for body in "1234"],
        [(body, "2") for body in "234"],
    ]
    pass_by(moved, 31)
    assert letter(fifo.dead)["Body"] == "4"


def test_a_message_that_fails_keeps_back_its_own_group_only(moved: Aws) -> None:
    fifo = Fifo(moved)
    function = moved.echo(
        'record = event["Records"][0]\n'
        'if record["body"] == "bad" and record["attributes"]["ApproximateReceiveCount"] == "1":\n'
        '    raise ValueError("not yet")'
    )
    fifo.line.feed(function, BatchSize=1)
    fifo.send("bad", "next")
    fifo.send("other", group="another")
    eventually(lambda: sorted(received(function)) == [[("bad", "1")], [("other", "1")]])
    eventually(lambda: fifo.line.attribute(HIDDEN) == "1")
    pass_by(moved, 31)
    eventually(lambda: len(received(function)) == 4)
    assert received(function)[2:] == [[("bad", "2")], [("next", "1")]]


def test_too_large_a_state_ends_its_window_early(source: Source) -> None:
    function = source.aws.function(
        "import json\n"
        "def handler(event, context):\n"
        "    print(json.dumps(event | {'state': len(json.dumps(event['state']))}))\n"
        "    return {'state': {'large': 'x' * 1_048_576}}\n"
    )
    source.feed(function, TumblingWindowInSeconds=300)
    source.put("one")
    first, final = eventually(lambda: len(function.events()) == 2 and function.events())
    assert first.keys() == {
        *("Records", "window", "state", "shardId", "eventSourceARN"),
        *("isFinalInvokeForWindow", "isWindowTerminatedEarly"),
    }
    assert (final["isFinalInvokeForWindow"], final["isWindowTerminatedEarly"]) == (True, True)
    assert final["state"] > 1_048_576


def busy(aws: Aws, **settings: Any) -> Function:
    """A function that is at work on its first event, and has room for no other."""
    function = aws.echo('import time; time.sleep(event["number"] % 2)', **settings)
    aws.lambdas.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
    ask(function, 1)
    eventually(lambda: aws.get("/_sandbox/runs", function=function.name))
    return function


def ask(function: Function, number: int) -> None:
    function.invoke({"number": number}, InvocationType="Event")


def test_what_finds_no_room_waits_for_some(moved: Aws) -> None:
    function = busy(moved)
    ask(function, 2)
    eventually(lambda: [event["number"] for event in function.events()] == [1, 2])


def test_what_finds_no_room_gets_too_old(moved: Aws) -> None:
    dead, lost = (Line(moved, f"{kind}-of-throttled") for kind in ("dead", "lost"))
    function = busy(moved, DeadLetterConfig={"TargetArn": dead.arn})
    moved.lambdas.put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": lost.arn}},
    )
    ask(function, 2)
    pass_by(moved, 59.5)
    told = json.loads(letter(lost)["Body"])
    assert told["requestContext"]["condition"] == "EventAgeExceeded"
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert not {"responseContext", "responsePayload"} & told.keys()
    assert json.loads(letter(dead)["Body"]) == {"number": 2}
