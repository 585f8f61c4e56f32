"""A batch of stream records on its way: how often it was tried, what is left of it.

(events contract 3.2, 3.3)
"""

from itertools import takewhile
from typing import NamedTuple

from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.store.streams import Record

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


class Batch(NamedTuple):
    """Records that go to the function together; `tries` counts its failures so far."""

    records: tuple[Record, ...]
    tries: int = 0

    def pause(self) -> float:
        """How long to wait after a failure; it grows."""
        return min(FIRST_PAUSE * 2.0 ** (self.tries - 1), LONGEST_PAUSE)

    def split_by_age(
        self, mapping: Mapping, kept: float, now: float
    ) -> tuple["Batch | None", "Batch | None"]:
        """The records that are older than the mapping takes, or the stream keeps; the others."""
        limit = mapping.number("MaximumRecordAgeInSeconds")
        oldest = kept if limit == -1 else min(limit, kept)
        old = tuple(takewhile(lambda record: now - record.arrived > oldest, self.records))
        young = self.records[len(old) :]
        return Batch(old, self.tries) if old else None, Batch(young, self.tries) if young else None

    def has_no_retry_left(self, mapping: Mapping) -> bool:
        retries = mapping.number("MaximumRetryAttempts")
        return retries != -1 and self.tries > retries

    def after_failure(self, failed: set[str], bisects: bool) -> list["Batch"]:
        """What is left of it, in order, if the function failed at these sequence numbers.

        To bisect is no attempt, wherever the batch is split.
        """
        numbers = [str(record.sequence) for record in self.records]
        if bisects and len(failed) == len(numbers) > 1:
            middle = (len(numbers) + 1) // 2
            halves = self.records[:middle], self.records[middle:]
            return [Batch(half, self.tries) for half in halves]
        done = min(numbers.index(number) for number in failed)
        return [Batch(self.records[done:], self.tries if bisects and done else self.tries + 1)]
