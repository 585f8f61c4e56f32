"""Streams of Kinesis and DynamoDB: each record tells when it came, by the sandbox's own clock.

moto stamps them by the machine's, tells nobody, forgets a stream that is named by its ARN, says how
long a change is as JSON, and keeps a binary key in base64, but what is binary in images as bytes.
Of records that come at the same time, it gives two the same number, and so loses one.
"""

import base64
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.dynamodb.models.table import StreamRecord, StreamShard
from moto.kinesis.models import KinesisBackend, Record, Shard, Stream

from cognito_sandbox import clock
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs, streams
from cognito_sandbox.store.item_sizes import size

NEEDS = (
    "moto.dynamodb.models.table:StreamRecord.to_json",
    "moto.dynamodb.models.table:StreamShard.add",
    "moto.kinesis.models:KinesisBackend.get_shard_iterator",
    "moto.kinesis.models:Record.to_json",
    "moto.kinesis.models:Shard.get_sequence_number_at",
    "moto.kinesis.models:Shard.put_record",
    "moto.kinesis.models:Stream.put_record",
)
PARTS = ("Keys", "NewImage", "OldImage")
_numbering = threading.Lock()


def install() -> None:
    """From now on, who waits for records hears of them."""
    needs.check(NEEDS)
    Record.__init__ = _then(Record.__init__, _stamp)
    StreamRecord.__init__ = _then(StreamRecord.__init__, _stamp_change)
    Shard.put_record = _one_at_a_time(Shard.put_record)
    StreamShard.add = _one_at_a_time(StreamShard.add)
    Stream.put_record = _then(Stream.put_record, lambda stream: streams.tell_watchers(stream.arn))
    KinesisBackend.get_shard_iterator = _knowing_its_stream(KinesisBackend.get_shard_iterator)
    _tell_of_changes()


def _then(do: Callable[..., Any], more: Callable[[Any], None]) -> Callable[..., Any]:
    @failures.hands_on
    def do_both(owner: Any, *given: object, **named: object) -> Any:
        done = do(owner, *given, **named)
        more(owner)
        return done

    return do_both


def _one_at_a_time(add: Callable[..., Any]) -> Callable[..., Any]:
    @failures.hands_on
    def add_alone(*given: object) -> Any:
        with _numbering:
            return add(*given)

    return add_alone


def _stamp(record: Any) -> None:
    record.arrived, record.created_at = clock.waiting_now(), clock.now()
    record.created_at_datetime = _utc(record.created_at)


def _stamp_change(change: Any) -> None:
    change.arrived = clock.waiting_now()
    told = change.record["dynamodb"]
    told["ApproximateCreationDateTime"] = _utc(clock.now())
    told["Keys"] = {name: _decoded(key) for name, key in told["Keys"].items()}
    told["SizeBytes"] = sum(size(told[part]) for part in PARTS if part in told)


def _decoded(key: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64decode(key["B"])} if "B" in key else key


def _utc(time: float) -> datetime:
    """As moto has it: without a time zone."""
    return datetime.fromtimestamp(time, UTC).replace(tzinfo=None)


def _knowing_its_stream(iterator: Callable[..., str]) -> Callable[..., str]:
    @failures.hands_on
    def iterator_of(backend: Any, stream_arn: str | None, name: str | None, *more: object) -> str:
        stream = backend.describe_stream(stream_arn=stream_arn, stream_name=name)
        return iterator(backend, stream_arn, stream.stream_name, *more)

    return iterator_of


def _tell_of_changes() -> None:
    add = StreamShard.add

    def add_and_tell(shard: Any, old: Any, new: Any) -> None:
        if old is not None and new is not None and old.to_json() == new.to_json():
            return  # a write that changes nothing is no news
        add(shard, old, new)
        table = shard.table
        streams.tell_watchers(f"{table.table_arn}/stream/{table.latest_stream_label}")

    StreamShard.add = add_and_tell
