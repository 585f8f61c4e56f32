"""Streams of Kinesis and DynamoDB, as Lambda's pollers see them. (events contract 3)"""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, NamedTuple, Protocol

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamRecord, StreamShard, Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.kinesis import models as kinesis

DAY = 86_400.0

_watchers: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)


@dataclass(frozen=True)
class Record:
    """One record of a shard; `content` is what is particular to the kind of stream."""

    sequence: int
    created: float  # as events tell it, by `clock.now()`
    arrived: float  # by `clock.waiting_now()`, as are its age and its window
    partition_key: str
    content: dict[str, Any] = field(repr=False)


class Shard(Protocol):
    """A part of a stream whose records keep their order."""

    @property
    def id(self) -> str: ...

    def after(self, position: int, count: int) -> list[Record]:
        """The next records after a position, oldest first."""

    def position_at(self, start: str, timestamp: float) -> int:
        """The position from which to read: at TRIM_HORIZON, LATEST or AT_TIMESTAMP."""


class KinesisShard:
    """A shard of a Kinesis stream."""

    def __init__(self, shard: kinesis.Shard) -> None:
        self._shard = shard

    @property
    def id(self) -> str:
        return str(self._shard.shard_id)

    def after(self, position: int, count: int) -> list[Record]:
        found = self._shard.records
        newest = next(reversed(found), 0)
        numbers = (n for n in range(position + 1, newest + 1) if n in found)
        return [_kinesis_record(found[n]) for n in itertools.islice(numbers, count)]

    def position_at(self, start: str, timestamp: float) -> int:
        if start == "LATEST":
            return int(self._shard.get_max_sequence_number())
        return self._shard.get_sequence_number_at(timestamp) if start == "AT_TIMESTAMP" else 0


class TableShard:
    """The one shard of a table's stream."""

    def __init__(self, shard: StreamShard) -> None:
        self._shard = shard

    @property
    def id(self) -> str:
        return str(self._shard.id)

    def after(self, position: int, count: int) -> list[Record]:
        start = max(position - self._shard.starting_sequence_number + 1, 0)
        found = self._shard.items[start : start + count]
        return [_table_record(item) for item in found]

    def position_at(self, start: str, timestamp: float) -> int:
        first = int(self._shard.starting_sequence_number)
        return first - 1 + (len(self._shard.items) if start == "LATEST" else 0)


class Stream(NamedTuple):
    """A stream, and what its shards are now."""

    arn: str
    keeps: Callable[[], float]  # seconds for which it keeps a record
    shards: Callable[[], list[Shard]]

    def watch(self, changed: Callable[[], None]) -> None:
        """Call this whenever a record comes."""
        _watchers[self.arn].add(changed)

    def unwatch(self, changed: Callable[[], None]) -> None:
        _watchers[self.arn].discard(changed)


def find(arn: str) -> Stream | None:
    """The stream of this ARN."""
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "kinesis":
        return _kinesis_stream(arn, region, account, name.removeprefix("stream/"))
    return _table_stream(arn, region, account, name)


def _kinesis_stream(arn: str, region: str, account: str, name: str) -> Stream | None:
    stream = kinesis.kinesis_backends[account][region].streams.get(name)
    if not stream:
        return None
    return Stream(
        arn,
        lambda: stream.retention_period_hours * 3600.0,
        lambda: [KinesisShard(shard) for shard in list(stream.shards.values())],
    )


def _table_stream(arn: str, region: str, account: str, name: str) -> Stream | None:
    table = dynamodb_backends[account][region].tables.get(name.split("/")[1])
    if not table or table.latest_stream_label != name.rpartition("/")[2]:
        return None
    return Stream(arn, lambda: DAY, lambda: list(_table_shards(table)))


def _table_shards(table: Table) -> Iterator[Shard]:
    if table.stream_shard:
        yield TableShard(table.stream_shard)


def tell_watchers(arn: str) -> None:
    """A record has come."""
    for changed in list(_watchers.get(arn, ())):
        changed()


def _kinesis_record(record: kinesis.Record) -> Record:
    content = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": record.partition_key,
        "sequenceNumber": str(record.sequence_number),
        "data": record.data,
        "approximateArrivalTimestamp": round(record.created_at, 3),
    }
    times = record.created_at, vars(record)["arrived"]
    return Record(record.sequence_number, *times, record.partition_key, content)


def _table_record(record: StreamRecord) -> Record:
    found = record.to_json()
    inner = found["dynamodb"]
    created = inner["ApproximateCreationDateTime"].replace(tzinfo=UTC).timestamp()
    content = {
        "eventID": found["eventID"],
        "eventName": found["eventName"],
        "dynamodb": json.loads(
            dynamo_json_dump(inner | {"ApproximateCreationDateTime": int(created)})
        ),
    }
    if "userIdentity" in found:
        who = found["userIdentity"]
        content["userIdentity"] = {"type": who["Type"], "principalId": who["PrincipalId"]}
    times = created, vars(record)["arrived"]
    return Record(int(inner["SequenceNumber"]), *times, str(inner["Keys"]), content)
