"""A lane of a stream by itself."""

import collections
from types import SimpleNamespace
from typing import Any

import pytest

from cognito_sandbox import clock
from cognito_sandbox.events import stream_lane, stream_records
from cognito_sandbox.store.streams import Record

SIZE = 20


def test_a_batch_that_fills_slowly_shows_each_record_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is not measured again whenever another comes."""
    there: list[Record] = []
    measured: collections.Counter[int] = collections.Counter()

    def comes(*_: object) -> None:
        there.append(Record(len(there) + 1, 0, clock.waiting_now(), "key", {}))

    def show(_mapping: Any, _shard: Any, record: Record) -> dict[str, Any]:
        measured[record.sequence] += 1
        return {}

    monkeypatch.setattr(clock, "wait", comes)
    monkeypatch.setattr(stream_records, "event_record", show)
    numbers = {"BatchSize": SIZE, "MaximumBatchingWindowInSeconds": 300, "ParallelizationFactor": 1}
    mapping: Any = SimpleNamespace(
        number=lambda name: numbers.get(name, 0), positions={("shard", 0): 0}, filters=[]
    )
    shard: Any = SimpleNamespace(id="shard", after=lambda place, count: there[place:][:count])
    stream: Any = SimpleNamespace(keeps=lambda: 3600)
    comes()
    batch = stream_lane.Lane(mapping, stream, shard, 0)._collect()
    assert [record.sequence for record in batch] == [*range(1, SIZE + 1)]
    assert measured == dict.fromkeys(range(1, SIZE + 1), 1)
