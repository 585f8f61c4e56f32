"""One row of the table: what was measured, against what, and how noisy the machine was."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Pairs = list[tuple[float, float]]
HEAD = f"{'':<56}{'ours':>9}{'base':>9}     {'ratio':>6}  {'limit':>7}  {'noise':>6}"


@dataclass(frozen=True)
class Row:
    """Pairs of measurements, ours and the base's, taken in turns.

    The limit is for the ratio of the medians; `at_least` turns it round.
    """

    title: str
    pairs: Pairs
    limit: float
    unit: str = "ms"
    at_least: bool = False

    @property
    def ratio(self) -> float:
        ours = statistics.median(ours for ours, _ in self.pairs)
        return ours / statistics.median(base for _, base in self.pairs)

    @property
    def good(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    @property
    def noise(self) -> float:
        """How far the base's middle half spreads about its median: the machine's doing."""
        bases = sorted(base for _, base in self.pairs)
        quarter = len(bases) // 4
        return (bases[-1 - quarter] - bases[quarter]) / statistics.median(bases)

    def __str__(self) -> str:
        ours, base = (statistics.median(column) for column in zip(*self.pairs, strict=True))
        factor = 1000 if self.unit == "ms" else 1
        sign = ">=" if self.at_least else "<="
        return (
            f"{self.title:<56}{ours * factor:9.1f}{base * factor:9.1f} {self.unit:<4}"
            f"{self.ratio:6.2f}  {sign} {self.limit:<4}  {self.noise:6.0%}"
            f"{'' if self.good else '  MISSED'}"
        )


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternate(one: Callable[[], Any], other: Callable[[], Any], rounds: int) -> Pairs:
    """The times of both, in turns, once both are warm."""
    for _ in range(20):
        one(), other()
    return [(seconds(one), seconds(other)) for _ in range(rounds)]
