"""Deliveries: what is counted, what is waited for, and that mappings become what they were."""

import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from helpers import cloud, deliveries, stack
from helpers._inner import sandbox
from helpers._inner.pictures import YOU
from helpers.errors import AnswerError, LogsNotThereError
from helpers.invoking import Invocation
from helpers.trace import trace


@pytest.fixture(scope="module")
def sources(place: cloud.Cloud) -> Iterator[dict[str, str]]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield stack.deploy(name, stack.more("event_sources")[1])
    stack.delete(name)


def send(queue_url: str, *numbers: str) -> None:
    bodies = [json.dumps({"number": number, "price": 10}) for number in numbers]
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    cloud.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)


def test_what_came_before_is_not_counted(sources: dict[str, str]) -> None:
    function, ends = sources["TakeOrdersFunction"], sources["DeadQueueUrl"]
    for _ in range(2):
        seen = deliveries.watch(function, ["1", "11", "2"], ends)
        assert set(seen.table({})["Delivered"]) == {""}
        send(sources["QueueUrl"], "1", "11", "12")
        seen.wait("11", times=1)
        assert seen.table({"2": "elsewhere"}).to_numpy().tolist() == [
            ["1", "●", "●", "done"],
            ["11", "●", "●", "done"],
            ["2", "", "", "elsewhere"],
        ]


def test_what_came_and_is_nowhere_is_lost(sources: dict[str, str]) -> None:
    seen = deliveries.watch(sources["TakeOrdersFunction"], ["3", "4"], sources["DeadQueueUrl"])
    entry = {"QueueUrl": sources["QueueUrl"], "MessageBody": json.dumps({"number": "3"})}
    cloud.client("sqs").send_message(**entry)
    seen.wait("3", times=1)
    assert seen.table({})["Ended"].tolist() == ["lost", ""]
    deliveries.let_pass(seconds=6)
    seen.wait("3", times=2)
    deliveries.let_pass(seconds=6)  # until it is a dead letter
    assert len(deliveries.emptied(sources["DeadQueueUrl"], at_least=1)) == 1


def test_what_does_not_come(sources: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = deliveries.watch(sources["TakeOrdersFunction"], ["1"], sources["DeadQueueUrl"])
    monkeypatch.setattr(deliveries, "PATIENCE", 0.1)
    with pytest.raises(LogsNotThereError, match="did not get 1 2 times in 0 seconds"):
        seen.wait("1", times=2)


def test_a_queue_is_emptied_and_so_much_of_it_waited_for(sources: dict[str, str]) -> None:
    queue = sources["DeadQueueUrl"]
    deliveries.emptied(queue)
    numbers = {str(number) for number in range(12)}
    send(queue, *sorted(numbers)[:10])
    send(queue, *sorted(numbers)[10:])
    assert {json.loads(text)["number"] for text in deliveries.emptied(queue, 12)} == numbers
    assert deliveries.emptied(queue, at_least=1, patience=0.1) == []


def mapping(sources: dict[str, str]) -> Any:
    return cloud.client("lambda").get_event_source_mapping(UUID=sources["QueueMapping"])


def test_a_mapping_is_what_it_was_whatever_went_wrong(sources: dict[str, str]) -> None:
    before = mapping(sources)
    wanted: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 3}
    mapped, function = sources["QueueMapping"], sources["TakeOrdersInPartFunction"]
    with suppress(KeyError), deliveries.mapped(mapped, function, **wanted):
        changed = mapping(sources)
        assert changed["FunctionArn"].endswith("TakeOrdersInPart")
        assert {name: changed[name] for name in wanted} == wanted
        raise KeyError
    after = mapping(sources)
    names = ("FunctionArn", "FunctionResponseTypes", "BatchSize", "State")
    assert [after[name] for name in names] == [before[name] for name in names]


def test_what_a_stream_gave_up_is_read_there(sources: dict[str, str]) -> None:
    names = ["1", "2", "3", "4", "5"]
    seen = deliveries.watch(sources["TakeClicksFunction"], names, sources["GivenUpQueueUrl"])
    clicks = [{"PartitionKey": name, "Data": b"\xff"} for name in names]
    cloud.client("kinesis").put_records(StreamName=sources["StreamName"], Records=clicks)
    (told,) = seen.ended(at_least=1)
    assert deliveries.lost(told) == names


def test_what_a_table_gave_up_is_read_there(sources: dict[str, str]) -> None:
    names = ["1", "2", "3", "4", "5"]
    seen = deliveries.watch(sources["TakeChangesFunction"], names, sources["GivenUpQueueUrl"])
    for name in names:
        item = {"Number": {"S": name}}
        cloud.client("dynamodb").put_item(TableName=sources["TableName"], Item=item)
    (told,) = seen.ended(at_least=1)
    assert deliveries.lost(told) == names


def test_an_interrupted_try_is_over_before_the_next_one_counts(sources: dict[str, str]) -> None:
    names, function = ["7", "8", "9"], sources["TakeClicksFunction"]
    clicks = [{"PartitionKey": name, "Data": b"/"} for name in names]
    clicks[1]["Data"] = b"\xff"
    for _ in range(2):  # the first one is interrupted as soon as it has sent
        seen = deliveries.watch(function, names, sources["GivenUpQueueUrl"], in_stream=True)
        cloud.client("kinesis").put_records(StreamName=sources["StreamName"], Records=clicks)
    (told,) = seen.ended(at_least=1)
    assert deliveries.lost(told) == names
    assert seen.table({})["Delivered"].tolist() == ["●●"] * 3


@pytest.mark.parametrize("told", [{}, None, {"KinesisBatchInfo": {}}])
def test_what_is_no_notice(told: Any) -> None:
    with pytest.raises(AnswerError, match="no notice of what a stream gave up"):
        deliveries.lost(told)


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ({"batchItemFailures": []}, "reported none"),
        (
            {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]},
            "reported 1, 2",
        ),
        ({"batchItemFailures": ["1"]}, 'returned {"batchItemFailures": ["1"]}'),
        (
            {"batchItemFailures": [{"ItemIdentifier": "1"}]},
            'returned {"batchItemFailures": [{"ItemIdentifier": "1"}]}',
        ),
        ({"BatchItemFailures": []}, 'returned {"BatchItemFailures": []}'),
        ([], "returned []"),
        (None, "returned null"),
    ],
)
def test_what_a_run_reports(returned: Any, told: str) -> None:
    assert deliveries.reported(Invocation({}, returned, failed=False, log="")) == told


def test_a_run_that_failed_reports_nothing() -> None:
    returned = {"errorType": "ValueError", "errorMessage": "no price"}
    run = Invocation({}, returned, failed=True, log="")
    assert deliveries.reported(run) == "failed: no price"


def test_a_story_is_of_the_readers_calls_alone(sources: dict[str, str]) -> None:
    reader = sources["TakeOrdersFunction"]
    with trace(reader) as story:
        seen = deliveries.watch(reader, ["91"], sources["DeadQueueUrl"])
        with deliveries.mapped(sources["QueueMapping"], reader, BatchSize=4):
            send(sources["QueueUrl"], "91")
            seen.wait("91", times=1)
        seen.table({})
    assert [step.what for step in story.steps if step.source == YOU] == ["SendMessageBatch"]


@pytest.mark.usefixtures("in_the_sandbox")
def test_the_sandboxs_clock_leaps_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    before = sandbox.now()
    deliveries.let_pass(seconds=1.5)
    assert sandbox.now() - before >= 1.5
    assert capsys.readouterr().out == "The sandbox's clock leaps 1.5 seconds.\n"


@pytest.mark.parametrize("seconds", [-5, 10**12, "6", float("nan"), None])
def test_time_that_cannot_pass(seconds: Any) -> None:
    with pytest.raises(AnswerError, match=r"from 0 to a year's 31536000, and not"):
        deliveries.let_pass(seconds)


@pytest.mark.usefixtures("in_the_sandbox")
def test_what_the_sandbox_refuses_is_told() -> None:
    with pytest.raises(AnswerError, match="moves a hundred years ahead at most"):
        sandbox.now(forward=10**12)
