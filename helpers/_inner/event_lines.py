"""An event as lines of JSON: each member on one of its own, or only those that have a note."""

import json
from collections.abc import Collection, Iterator
from typing import Any

WIDTH = 88  # of what shares a line


def lines(
    value: Any,
    notes: Collection[str] | None = None,
    path: str = "",
    name: str = "",
    depth: int = 0,
) -> Iterator[tuple[str, str]]:
    """The lines, each with the path of what begins on it.

    With notes, what has none, neither itself nor inside, shares its line with others.
    """
    indent, head = "  " * depth, f"{json.dumps(name)}: " if name else ""
    inside = _inside(value) if notes is None or _is_above(path, notes) else []
    if not inside:
        yield path, f"{indent}{head}{json.dumps(value, ensure_ascii=False)}"
        return
    begin, end = "{}" if isinstance(value, dict) else "[]"
    yield path, f"{indent}{head}{begin}"
    others: list[str] = []
    for number, (place, key, inner) in enumerate(inside, 1):
        at = f"{path}.{place}" if path else place
        below = list(lines(inner, notes, at, key, depth + 1))
        if number < len(inside):
            below[-1] = (below[-1][0], f"{below[-1][1]},")
        if notes is None or at in notes or _is_above(at, notes):
            yield from _shared(others, depth + 1)
            yield from below
            others = []
        else:
            others += (line.strip() for _, line in below)
    yield from _shared(others, depth + 1)
    yield "", f"{indent}{end}"


def _is_above(path: str, notes: Collection[str]) -> bool:
    """Is there a note inside of this?"""
    return any(note.startswith(f"{path}." if path else "") for note in notes)


def _shared(members: list[str], depth: int) -> Iterator[tuple[str, str]]:
    """These members, as many on a line as there is room for."""
    line = ""
    for member in members:
        if line and len(line) + len(member) >= WIDTH - 2 * depth:
            yield "", "  " * depth + line
            line = ""
        line += f" {member}" if line else member
    if line:
        yield "", "  " * depth + line


def _inside(value: Any) -> list[tuple[str, str, Any]]:
    """What has lines of its own: the place and the name of each, and the thing itself."""
    if isinstance(value, dict):
        return [(key, key, inner) for key, inner in value.items()]
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [(str(number), "", inner) for number, inner in enumerate(value)]
    return []
