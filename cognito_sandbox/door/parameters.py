"""Parameters held against AWS's own description of an operation, and AWS's words for violations."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from cognito_sandbox.door import java_patterns

TYPES: dict[str, tuple[type, ...]] = {  # as JSON has them
    "blob": (str,),
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int,),
    "list": (list,),
    "long": (int,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
    "timestamp": (int, float, str),
}
NESTED = ("list", "map", "structure")
PLACEHOLDER = "##"  # of a code or a link: AWS has other words for a message without it
WORDS = "failed to satisfy constraint:"
Path = tuple[str, ...]
Constraint = tuple[str, Callable[[Any], bool]]  # AWS's words, and whether a value satisfies it


class MisshapenError(Exception):
    """A parameter is of another type than the operation takes, or is none of its parameters."""


def violations(shape: StructureShape, given: Mapping[str, Any]) -> str | None:
    """AWS's sentence about all constraints that these parameters do not satisfy."""
    found = list(_structure(shape, given, ()))
    if not found:
        return None
    errors = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {errors} detected: {'; '.join(found)}"


def _structure(shape: StructureShape, given: Mapping[str, Any], path: Path) -> Iterator[str]:
    for name in given.keys() - shape.members.keys():
        raise MisshapenError(f"There is no parameter {'.'.join((*path, name))}.")
    for name, member in shape.members.items():
        value, here = given.get(name), (*path, name)
        if value is not None:
            yield from _value(member, value, here)
        elif name in shape.required_members:
            yield f"Value null at '{_told(here)}' {WORDS} Member must not be null"


def _value(shape: Shape, value: Any, path: Path) -> Iterator[str]:
    _check_type(shape, value, path)
    for words in _unsatisfied(shape, value):
        yield f"{_shown(value, shape)} at '{_told(path)}' {WORDS} {words}"
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        numbered = {f"{number}.member": each for number, each in enumerate(value, 1)}
        yield from _each(shape.member, numbered, "Member", path)
    elif isinstance(shape, MapShape):
        yield from _each(shape.key, dict(zip(value, value, strict=True)), "Map keys", path)
        members = {f"{name}.member": each for name, each in value.items()}
        yield from _each(shape.value, members, "Map value", path)


def _each(shape: Shape, members: dict[str, Any], what: str, path: Path) -> Iterator[str]:
    """Of what is plain, AWS tells the collection as a whole."""
    if shape.type_name in NESTED:
        for name, value in members.items():
            yield from _value(shape, value, (*path, name))
        return
    for name, value in members.items():
        _check_type(shape, value, (*path, name))
    if any(any(_unsatisfied(shape, value)) for value in members.values()):
        shown = _shown(list(members.values()), shape)
        every = ", ".join([*(words for words, _ in _constraints(shape)), "Member must not be null"])
        yield f"{shown} at '{_told(path)}' {WORDS} {what} must satisfy constraint: [{every}]"


def _check_type(shape: Shape, value: Any, path: Path) -> None:
    kind = shape.type_name
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        raise MisshapenError(f"The parameter {'.'.join(path)} must be of the type {kind}.")


def _unsatisfied(shape: Shape, value: Any) -> Iterator[str]:
    return (words for words, holds in _constraints(shape) if not holds(value))


@cache
def _constraints(shape: Shape) -> tuple[Constraint, ...]:
    return tuple(_described(shape))


def _described(shape: Shape) -> Iterator[Constraint]:
    limits = shape.metadata
    if "max" in limits:
        yield _limit(shape, "less", limits["max"], lambda size: size <= limits["max"])
    if "min" in limits:
        yield _limit(shape, "greater", limits["min"], lambda size: size >= limits["min"])
    if PLACEHOLDER not in limits.get("pattern", PLACEHOLDER):
        pattern = limits["pattern"]
        words = f"Member must satisfy regular expression pattern: {pattern}"
        yield words, lambda text: java_patterns.matches(pattern, text)
    if "enum" in limits:
        allowed = limits["enum"]
        yield f"Member must satisfy enum value set: [{', '.join(allowed)}]", allowed.__contains__


def _limit(shape: Shape, than: str, limit: float, holds: Callable[[float], bool]) -> Constraint:
    is_number = shape.type_name in ("double", "float", "integer", "long")
    words = f"Member must have {'value' if is_number else 'length'} {than} than or equal to {limit}"
    return words, holds if is_number else lambda value: holds(len(value))


def _shown(value: Any, shape: Shape) -> str:
    if shape.metadata.get("sensitive"):
        return "Value"
    if isinstance(value, list):
        return f"Value '[{', '.join(map(str, value))}]'"
    return f"Value '{value}'"


def _told(path: Path) -> str:
    return ".".join(name[0].lower() + name[1:] for name in path)
