"""Tumbling windows: what a function hands from one batch of a window to the next.

(events contract 3.5)
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cognito_sandbox.store.streams import Record

LARGEST_STATE = 1024 * 1024


@dataclass
class Window:
    """One window of one shard, and the state that was handed on so far."""

    start: float
    seconds: int
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record, seconds: int) -> "Window":
        """The window into which a record falls."""
        return cls(record.arrived - record.arrived % seconds, seconds)

    @property
    def end(self) -> float:
        return self.start + self.seconds

    def holds(self, record: Record) -> bool:
        return record.arrived < self.end

    def members(self, shard: str, stream: str, final: bool, early: bool = False) -> dict[str, Any]:
        """What the window adds to an event."""
        return {
            "window": {"start": _iso(self.start), "end": _iso(self.end)},
            "state": self.state,
            "shardId": shard,
            "eventSourceARN": stream,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": early,
        }

    def take_state(self, payload: bytes) -> bool:
        """Keep the state that a function returned; False if it returned none."""
        try:
            state = json.loads(payload).get("state")
        except (ValueError, AttributeError):
            return False
        if isinstance(state, dict):
            self.state = state
        return isinstance(state, dict)

    @property
    def is_full(self) -> bool:
        return len(json.dumps(self.state)) > LARGEST_STATE


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
