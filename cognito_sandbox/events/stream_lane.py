"""One lane of a stream: batches of a shard's records, in order, until each is done or given up.

(events contract 3)
"""

import json
import zlib
from collections import deque
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import patterns, stream_records
from cognito_sandbox.events.answers import failed_items
from cognito_sandbox.events.batch import Batch
from cognito_sandbox.events.delivery import LARGEST_EVENT, NOT_RUN, Delivery, deliver
from cognito_sandbox.events.destinations import tell_of_lost_records
from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.events.windows import Window
from cognito_sandbox.store.streams import Record, Shard, Stream


class Lane(Poller):
    """Reads one shard for one mapping; with a parallelization factor, some of its keys."""

    def __init__(self, mapping: Mapping, stream: Stream, shard: Shard, number: int) -> None:
        super().__init__()
        self.mapping, self.stream, self.shard, self.number = mapping, stream, shard, number
        self._place, self._positions = (shard.id, number), mapping.positions
        if self._place not in self._positions:
            start, timestamp = (
                mapping.settings["StartingPosition"],
                float(mapping.settings.get("StartingPositionTimestamp") or 0),
            )
            self._positions[self._place] = shard.position_at(start, timestamp)
        self._read_to = self._positions[self._place]
        self._left: deque[Batch] = deque()
        self._window: Window | None = None
        self._room = 0  # what the event of the batch that fills may still grow by

    def step(self) -> float | None:
        while not self.is_stopping:
            if not self._left and (records := self._collect()):
                self._left.append(Batch(tuple(records)))
            is_idle = not self._left
            self._work_off()
            if not self._left:
                self._positions[self._place] = self._read_to
            if is_idle:
                if not self._window or clock.waiting_now() < self._window.end:
                    return self._window.end if self._window else None
                self._end_window()
        return None

    def _collect(self) -> list[Record]:
        """A batch: what is there, and what comes until it is full or its window ends."""
        end = clock.waiting_now() + self.mapping.number("MaximumBatchingWindowInSeconds")
        batch: list[Record] = []
        while not self.is_stopping:
            self._woken.clear()
            is_full = self._fill(batch)
            if not batch or is_full or clock.waiting_now() >= end:
                break
            clock.wait(end - clock.waiting_now(), self._woken)
        return batch

    def _fill(self, batch: list[Record]) -> bool:
        """Add the next records of this lane that pass the filters; is no more room for others?"""
        size = self.mapping.number("BatchSize")
        while len(batch) < size:
            found = self._of_this_window(self.shard.after(self._read_to, size - len(batch)))
            if not found:
                return False
            if not batch:
                self._room = LARGEST_EVENT - _length(self._event(()))
            for record in found:
                if self._is_wanted(record):
                    self._room -= _length(self._event_record(record)) + len(", ")
                    if self._room < 0 and batch:
                        return True
                    batch.append(record)
                self._read_to = record.sequence
        return True

    def _is_wanted(self, record: Record) -> bool:
        is_kept = clock.waiting_now() - record.arrived <= self.stream.keeps()
        return is_kept and self._is_ours(record) and self._passes(record)

    def _of_this_window(self, found: list[Record]) -> list[Record]:
        seconds = self.mapping.number("TumblingWindowInSeconds")
        if not seconds or not found:
            return found
        window = self._window = self._window or Window.of(found[0], seconds)
        return list(takewhile(window.holds, found))

    def _is_ours(self, record: Record) -> bool:
        lanes = self.mapping.number("ParallelizationFactor")
        return zlib.crc32(record.partition_key.encode()) % lanes == self.number

    def _passes(self, record: Record) -> bool:
        filters = self.mapping.filters
        if not filters:
            return True
        shown = stream_records.for_filters(self._event_record(record))
        return shown is not None and any(patterns.matches(each, shown) for each in filters)

    def _event_record(self, record: Record) -> dict[str, Any]:
        return stream_records.event_record(self.mapping, self.shard, record)

    def _event(self, records: Iterable[Record]) -> dict[str, Any]:
        event: dict[str, Any] = {"Records": [self._event_record(each) for each in records]}
        if self._window:
            event |= self._window.members(self.shard.id, self.stream.arn, final=False)
        return event

    def _work_off(self) -> None:
        """Bring what is left of a batch through, or give it up; order is kept all the while."""
        while self._left and not self.is_stopping:
            batch = self._without_old(self._left.popleft())
            if not batch:
                continue
            delivery, failed = self._try(batch)
            if not failed:
                self.mapping.last_result = "OK"
                continue
            self.mapping.last_result = "PROBLEM: Function call failed"
            if delivery.ran:
                self._go_on_after_failure(batch, failed, delivery)
            else:
                self._left.appendleft(batch)
                self.pause(1)

    def _without_old(self, batch: Batch) -> Batch | None:
        """What is too old for the mapping is given up before the function gets it."""
        old, young = batch.split_by_age(self.mapping, self.stream.keeps(), clock.waiting_now())
        if old:
            self._give_up(old, "RecordAgeExceeded", NOT_RUN)
        return young

    def _go_on_after_failure(self, batch: Batch, failed: set[str], delivery: Delivery) -> None:
        first, *rest = batch.after_failure(
            failed, self.mapping.settings["BisectBatchOnFunctionError"]
        )
        self._left.extendleft(reversed(rest))
        if first.has_no_retry_left(self.mapping):
            self._give_up(first, "RetryAttemptsExhausted", delivery)
            return
        self._left.appendleft(first)
        if first.tries > batch.tries:
            self.pause(first.pause())

    def _give_up(self, batch: Batch, reason: str, delivery: Delivery) -> None:
        tell_of_lost_records(self.mapping, self.shard, batch, reason, delivery)

    def _try(self, batch: Batch) -> tuple[Delivery, set[str]]:
        """Call the function; which sequence numbers failed."""
        event = json.dumps(self._event(batch.records)).encode()
        delivery = deliver(self.mapping.function_arn, event)
        everything = {str(record.sequence) for record in batch.records}
        if delivery.failed or (self._window and not self._window.take_state(delivery.payload)):
            return delivery, everything
        if self._window and self._window.is_full:
            self._end_window(early=True)
        if not self.mapping.reports_items:
            return delivery, set()
        return delivery, failed_items(delivery.payload, everything)

    def _end_window(self, early: bool = False) -> None:
        """The window's last call, which may not fail for good."""
        window = self._window
        assert window
        final = window.members(self.shard.id, self.stream.arn, True, early)
        deliver(self.mapping.function_arn, json.dumps({"Records": []} | final).encode())
        self._window = None


def _length(shown: dict[str, Any]) -> int:
    return len(json.dumps(shown))
