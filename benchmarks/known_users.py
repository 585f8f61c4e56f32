"""Finding a known user by name must not take longer in a large table than in a small one."""

import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from helpers import cloud, known_users, stack

SMALL, LARGE, LIMIT = 100, 20_000, 1.5


def people(first: int, count: int) -> Iterable[dict[str, Any]]:
    numbers = range(first, first + count)
    return ({"UserEmail": f"{n}@example.com", "UserName": f"user_{n}"} for n in numbers)


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def look_up(table: str) -> float:
    """The median time to find a user by name."""
    return statistics.median(
        seconds(lambda name=f"user_{n % SMALL}": known_users.by_name(table, name))
        for n in range(200)
    )


def main() -> int:
    cloud.connect()
    table = stack.deploy(f"benchmark-{uuid.uuid4().hex[:8]}")["TableName"]
    known_users.fill(table, people(0, SMALL))
    look_up(table)
    small = look_up(table)
    filling = seconds(lambda: known_users.fill(table, people(SMALL, LARGE - SMALL)))
    large = look_up(table)
    ratio = large / small
    print(f"{'filling a table with 20,000 known users':<58}{filling:8.1f} s")
    print(
        f"{'look-up by name among 20,000, against among 100':<58}{large * 1000:8.1f} "
        f"{small * 1000:8.1f} ms {ratio:6.2f} <= {LIMIT:<4} {'ok' if ratio <= LIMIT else 'MISSED'}"
    )
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
