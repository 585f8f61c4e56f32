"""What a look-up by name costs in a large table of known users."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.rows import Row, alternate
from helpers import cloud, known_users, stack

SMALL, LARGE = 100, 20_000


def people(count: int) -> Iterable[dict[str, Any]]:
    return ({"UserEmail": f"{n}@example.com", "UserName": f"user_{n}"} for n in range(count))


def filled(count: int) -> str:
    """The name of a new table with so many known users."""
    table = stack.deploy(f"benchmark-{uuid.uuid4().hex[:8]}")["TableName"]
    known_users.fill(table, people(count))
    return table


def rows() -> Iterator[Row]:
    """A large table against a small one: no more than noise."""
    cloud.connect()
    large, small = filled(LARGE), filled(SMALL)
    pairs = alternate(
        lambda: known_users.by_name(large, "user_42"),
        lambda: known_users.by_name(small, "user_42"),
        200,
    )
    yield Row("look-up by name among 20,000, against among 100", pairs, 1.5)
    cloud.current().close()
