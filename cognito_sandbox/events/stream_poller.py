"""Streams: each shard has a lane of its own, in which its records go to the function.

(events contract 3)
"""

from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.events.stream_lane import Lane
from cognito_sandbox.store.streams import Stream


class StreamPoller(Poller):
    """Keeps a lane for each shard of a stream, and more with a parallelization factor."""

    def __init__(self, mapping: Mapping, stream: Stream) -> None:
        super().__init__()
        self.mapping, self.stream = mapping, stream
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._start_lanes()  # LATEST means from now on

    def start(self) -> None:
        self.stream.watch(self.wake)
        super().start()

    def stop(self) -> None:
        self.stream.unwatch(self.wake)
        super().stop()
        for lane in self._lanes.values():
            lane.stop()

    def step(self) -> None:
        self._start_lanes()
        for lane in self._lanes.values():
            lane.wake()

    def _start_lanes(self) -> None:
        for shard in self.stream.shards():
            for number in range(self.mapping.number("ParallelizationFactor")):
                if (shard.id, number) not in self._lanes:
                    lane = Lane(self.mapping, self.stream, shard, number)
                    self._lanes[shard.id, number] = lane
                    lane.start()
