"""Deliveries: which record of a batch a function got how often, and where it ended.

>>> orders = deliveries.watch("my-function", ["11", "12"], ends=queue_url)
>>> orders.table({"12": "dead-letter queue"})

The function says so in its log: "got 11, 12" when they are delivered, "took 11" when one is done.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from helpers import cloud, logs, show
from helpers._inner import calls, sandbox
from helpers._inner.progress import Progress
from helpers._inner.waiting import looks
from helpers.errors import AnswerError, DeploymentError, LogsNotThereError, told_briefly

if TYPE_CHECKING:
    from helpers._inner.tables import Table
    from helpers.invoking import Invocation

__all__ = ["Watch", "emptied", "enabled", "let_pass", "lost", "mapped", "reported", "watch"]

PATIENCE = 60.0
YEAR = 365 * 24 * 3600
COLUMNS = ["Record", "Delivered", "Taken", "Ended"]
HERE = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class Watch:
    """What a function gets and takes of these records, from now on; and where they end."""

    _under_way: ClassVar[dict[str, "Watch"]] = {}  # in streams, by where they end

    def __init__(
        self, function: str, names: Iterable[str], ends: str, in_stream: bool = False
    ) -> None:
        self.function, self.names, self.ends = function, list(names), ends
        self._lost = set[str]()
        if ends in self._under_way:
            self._under_way[ends]._see_through()
        emptied(ends)
        self._before = self._heard()
        if in_stream:
            self._under_way[ends] = self

    def wait(self, name: str, times: int) -> None:
        """Wait until this record was delivered so often, and the run that got it is over.

        >>> orders.wait("11", times=1)
        """
        with Progress(f"Deliveries of {name}") as progress, calls.unheard():
            for _ in looks(PATIENCE, first=0.02):
                if self._counted()["got", name] >= times:
                    logs.latest(self.function, about=name)
                    return
                progress.say(f"Waiting for delivery {times} of {name}")
        raise LogsNotThereError(
            f"{self.function} did not get {name} {times} times in {PATIENCE:.0f} seconds. Is its "
            "event source mapping enabled? Then run this again."
        )

    def ended(self, at_least: int) -> list[Any]:
        """What lies in the queue where they end, once there is so much of it.

        >>> orders.ended(at_least=0)
        []
        """
        found = [json.loads(text) for text in emptied(self.ends, at_least)]
        if found:
            self._under_way.pop(self.ends, None)
        return found

    def table(self, ended: Mapping[str, str]) -> "Table":
        """One row for each record, a dot for each time; where those ended that were given up.

        >>> orders.table({"12": "dead-letter queue"})
        """
        from helpers._inner.tables import Table

        counted, rows = self._counted(), []
        for name in self.names:
            got, took = counted["got", name], counted["took", name]
            end = ended.get(name, "done" if took else "lost" if got else "")
            rows.append((name, "●" * got, "●" * took, end))
        return Table(rows, columns=COLUMNS)

    def _see_through(self) -> None:
        """Wait until the stream is done with what an interrupted try has sent, if it has."""
        with Progress("Records of an interrupted try") as progress, calls.unheard():
            for _ in looks(PATIENCE, first=0.02):
                for text in emptied(self.ends):
                    self._lost.update(lost(json.loads(text)))
                counted = self._counted()
                left = [name for name in self.names if not counted["took", name]]
                if self._lost.issuperset(left):
                    break
                progress.say(f"Waiting until the stream is done with {', '.join(left)}")
        self._under_way.pop(self.ends, None)

    def _counted(self) -> Counter[tuple[str, str]]:
        return self._heard() - self._before

    def _heard(self) -> Counter[tuple[str, str]]:
        """How often the log says of which records that they came, or were taken."""
        with calls.unheard():
            lines = logs.lines(self.function)
        heard = (re.search(r"\b(got|took) (.*)", line) for line in lines)
        words = ((said[1], said[2].split(", ")) for said in heard if said)
        return Counter((what, name) for what, names in words for name in names)


def watch(function: str, names: Iterable[str], ends: str, in_stream: bool = False) -> Watch:
    """Watch what a function gets and takes of these records; that queue is emptied first.

    Nothing is deleted from a stream: what an interrupted try has sent there is waited for first.

    >>> watch("my-function", ["11", "12"], ends=queue_url).names
    ['11', '12']
    """
    return Watch(function, names, ends, in_stream)


def reported(done: "Invocation") -> str:
    """Which messages a run reports as failed; where that has another shape, what it returned.

    >>> reported(invoking.invoke("my-function", {"Records": []}))
    """
    if done.failed:
        return f"failed: {done.returned['errorMessage']}"
    try:
        named = [each["itemIdentifier"] for each in done.returned["batchItemFailures"]]
        return f"reported {', '.join(named) if named else 'none'}"
    except (KeyError, TypeError):
        return f"returned {json.dumps(done.returned)}"


def lost(told: Mapping[str, Any]) -> list[str]:
    """The records that a stream gave up, by their keys: what it tells is only where they lie.

    >>> lost(told)
    ['31']
    """
    try:
        is_kinesis = "KinesisBatchInfo" in told
        info = told["KinesisBatchInfo" if is_kinesis else "DDBStreamBatchInfo"]
        arn, number = info["streamArn"], info["startSequenceNumber"]
    except (KeyError, TypeError):
        raise AnswerError(
            "This is no notice of what a stream gave up. Use one of those in the queue where "
            "they end."
        ) from None
    place = {"ShardId": info["shardId"], "ShardIteratorType": "AT_SEQUENCE_NUMBER"}
    if is_kinesis:
        place |= {"StreamName": arn.rpartition("/")[2], "StartingSequenceNumber": number}
    else:
        place |= {"StreamArn": arn, "SequenceNumber": number}
    stream: Any = cloud.client("kinesis" if is_kinesis else "dynamodbstreams")
    with told_briefly(), calls.unheard():
        begin = stream.get_shard_iterator(**place)["ShardIterator"]
        found = stream.get_records(ShardIterator=begin, Limit=info["batchSize"])["Records"]
    return [each["PartitionKey"] if is_kinesis else _key(each["dynamodb"]) for each in found]


def _key(change: Mapping[str, Any]) -> str:
    """The key of the item that was changed."""
    return ", ".join(str(text) for value in change["Keys"].values() for text in value.values())


def emptied(queue_url: str, at_least: int = 0, patience: float = PATIENCE) -> list[str]:
    """Take all messages out of a queue, once there were so many: their texts.

    >>> emptied(queue_url)
    """
    queue, found = cloud.client("sqs"), list[str]()
    with Progress("Emptying the queue") as progress, told_briefly(), calls.unheard():
        for _ in looks(patience, first=0.02):
            taken = queue.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
            for message in taken.get("Messages", []):
                queue.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message["Body"])
            told = queue.get_queue_attributes(QueueUrl=queue_url, AttributeNames=HERE)
            if len(found) >= at_least and not any(int(n) for n in told["Attributes"].values()):
                break
            progress.say(f"Waiting for messages: {len(found)} so far")
    return found


@contextmanager
def mapped(mapping: str, function: str, **settings: Any) -> Iterator[None]:
    """For a while, have an event source mapping call this function, with these settings.

    >>> with mapped(outputs["QueueMapping"], outputs["TakeOrdersFunction"], BatchSize=2):
    ...     cloud.client("sqs").send_message(QueueUrl=queue_url, MessageBody="hello")
    """
    with told_briefly(), calls.unheard():
        found: Any = cloud.client("lambda").get_event_source_mapping(UUID=mapping)
    before = {name: found[name] for name in settings} | {"FunctionName": found["FunctionArn"]}
    try:
        _update(mapping, FunctionName=function, **settings)
        yield
    finally:
        _update(mapping, **before)


def enabled(mapping: str, patience: float = PATIENCE) -> None:
    """Wait until an event source mapping is in force, as it was made or changed.

    >>> enabled(outputs["QueueMapping"])
    """
    with Progress("Event source mapping") as progress, told_briefly(), calls.unheard():
        for _ in looks(patience, first=0.02):
            state = cloud.client("lambda").get_event_source_mapping(UUID=mapping)["State"]
            if state == "Enabled":
                return
            progress.say(f"Event source mapping: {state.lower()}")
    raise DeploymentError(f"The mapping {mapping} is still {state}. Run this again.")


def _update(mapping: str, **settings: Any) -> None:
    with told_briefly(), calls.unheard():
        cloud.client("lambda").update_event_source_mapping(UUID=mapping, **settings)
    enabled(mapping)


def let_pass(seconds: float) -> None:
    """Let so many seconds pass: the sandbox's clock leaps, in an account you wait.

    >>> let_pass(seconds=1)
    The sandbox's clock leaps 1 second.
    """
    if not isinstance(seconds, int | float) or not 0 <= seconds <= YEAR:
        raise AnswerError(f"Seconds are a number, from 0 to a year's {YEAR}, and not {seconds!r}.")
    told = f"{seconds:g} second{'' if seconds == 1 else 's'}"
    if cloud.current().is_sandbox:
        sandbox.now(forward=seconds)
        print(f"The sandbox's clock leaps {told}.")
        return
    with show.seconds(f"Waiting {told}"):
        time.sleep(seconds)
