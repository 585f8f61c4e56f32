"""An event as lines of JSON: each member on one of its own, or only those that have a note."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

WIDTH = 88  # of what shares a line


class Line(NamedTuple):
    """One line: the path of what begins on it, how deep that is, and the members on it."""

    path: str
    depth: int
    members: list[str]

    def __str__(self) -> str:
        return "  " * self.depth + " ".join(self.members)


def lines(
    value: Any,
    notes: Collection[str] | None = None,
    path: str = "",
    name: str = "",
    depth: int = 0,
) -> Iterator[Line]:
    """The lines of a value, each member on its own.

    With notes, what has none, neither itself nor inside, shares its line with others.
    """
    head = f"{json.dumps(name)}: " if name else ""
    inside = _inside(value) if notes is None or _is_above(path, notes) else []
    if not inside:
        yield Line(path, depth, [f"{head}{json.dumps(value, ensure_ascii=False)}"])
        return
    begin, end = "{}" if isinstance(value, dict) else "[]"
    yield Line(path, depth, [f"{head}{begin}"])
    others: list[str] = []
    for number, (place, key, inner) in enumerate(inside, 1):
        at = f"{path}.{place}" if path else place
        below = list(lines(inner, notes, at, key, depth + 1))
        if number < len(inside):
            below[-1].members[-1] += ","
        if notes is None or at in notes or _is_above(at, notes):
            yield from _shared(others, depth + 1)
            yield from below
            others = []
        else:
            others += below[0].members
    yield from _shared(others, depth + 1)
    yield Line("", depth, [end])


def _is_above(path: str, notes: Collection[str]) -> bool:
    """Is there a note inside of this?"""
    return any(note.startswith(f"{path}." if path else "") for note in notes)


def _shared(members: list[str], depth: int) -> Iterator[Line]:
    """These members, as many on a line as there is room for."""
    line = Line("", depth, [])
    for member in members:
        if line.members and len(str(line)) + len(member) >= WIDTH:
            yield line
            line = Line("", depth, [])
        line.members.append(member)
    if line.members:
        yield line


def _inside(value: Any) -> list[tuple[str, str, Any]]:
    """What has lines of its own: the place and the name of each, and the thing itself."""
    if isinstance(value, dict):
        return [(key, key, inner) for key, inner in value.items()]
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [(str(number), "", inner) for number, inner in enumerate(value)]
    return []
