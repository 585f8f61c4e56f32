"""EventBridge's pattern language, which mappings and subscriptions use for their filters, too.

A pattern is an object: each of its keys must match the event. A leaf is a list of alternatives,
values or operators such as {"prefix": "a"}. (events contract 7.1)
"""

import ipaddress
import json
import operator
import re
from collections.abc import Callable
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Pattern: TypeAlias = "dict[str, Json]"

MISSING = object()
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


class PatternError(ValueError):
    """This is no pattern; the message says why."""


def parse(text: str) -> Pattern:
    """The pattern that a text holds, if it is one."""
    try:
        pattern = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PatternError(f"it is not JSON: {error}") from None
    check(pattern)
    assert isinstance(pattern, dict)
    return pattern


def check(pattern: Json) -> None:
    """Refuse what is no pattern."""
    if not isinstance(pattern, dict) or not pattern:
        raise PatternError("a pattern is an object with at least one key")
    for key, wanted in pattern.items():
        if key == "$or":
            if not isinstance(wanted, list) or len(wanted) < 2:
                raise PatternError("$or takes a list of at least two patterns")
            for each in wanted:
                check(each)
        elif isinstance(wanted, dict):
            check(wanted)
        elif not isinstance(wanted, list) or not wanted:
            raise PatternError(f'"{key}" must be an object or a list that is not empty')
        else:
            for alternative in wanted:
                _check_alternative(alternative)


def _check_alternative(alternative: Json) -> None:
    if isinstance(alternative, list):
        raise PatternError("an alternative is a value or an operator, no list")
    if not isinstance(alternative, dict):
        return
    if len(alternative) != 1:
        raise PatternError("an operator is an object with one key")
    ((name, operand),) = alternative.items()
    if name == "exists":
        valid = isinstance(operand, bool)
    elif name not in OPERATORS:
        raise PatternError(f'there is no operator "{name}"')
    else:
        valid = VALID[name](operand)
    if not valid:
        raise PatternError(f'"{name}" does not take {json.dumps(operand)}')


def matches(pattern: Pattern, event: object) -> bool:
    """Does the event match the whole of a checked pattern?"""
    return all(_key_matches(key, wanted, event) for key, wanted in pattern.items())


def _key_matches(key: str, wanted: Json, event: object) -> bool:
    if key == "$or" and isinstance(wanted, list):
        return any(isinstance(each, dict) and matches(each, event) for each in wanted)
    found = event.get(key, MISSING) if isinstance(event, dict) else MISSING
    values = found if isinstance(found, list) else [found]
    if isinstance(wanted, dict):
        return any(matches(wanted, value) for value in values)
    assert isinstance(wanted, list)
    return any(_alternative_matches(each, found, values) for each in wanted)


def _alternative_matches(wanted: Json, found: object, values: list[object]) -> bool:
    if not isinstance(wanted, dict):
        return any(_same(value, wanted) for value in values)
    ((name, operand),) = wanted.items()
    if name == "exists":
        return (found is not MISSING and not isinstance(found, dict)) is operand
    return any(value is not MISSING and OPERATORS[name](value, operand) for value in values)


def _same(value: object, wanted: object) -> bool:
    """In Python, True is 1; in JSON, it is not."""
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _text_test(test: Callable[[str, str], bool]) -> Callable[[object, Json], bool]:
    """An operator on texts; its operand may ask for any case, or be a list of alternatives."""

    def matches_text(value: object, operand: Json) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(operand, list):
            return any(matches_text(value, each) for each in operand)
        if isinstance(operand, dict):
            return test(value.lower(), str(operand["equals-ignore-case"]).lower())
        return test(value, str(operand))

    return matches_text


def _wildcard(value: str, wanted: str) -> bool:
    r"""* stands for any text; \* is an asterisk."""
    parts = re.split(r"(\\[*\\]|\*)", wanted)
    expression = "".join(".*" if part == "*" else re.escape(_unescaped(part)) for part in parts)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _unescaped(part: str) -> str:
    return part[1:] if part in (r"\*", r"\\") else part


def _anything_but(value: object, operand: Json) -> bool:
    if isinstance(operand, dict):
        ((name, inner),) = operand.items()
        return not OPERATORS[name](value, inner)
    unwanted = operand if isinstance(operand, list) else [operand]
    return not any(_same(value, each) for each in unwanted)


def _numeric(value: object, operand: Json) -> bool:
    if not _is_number(value) or not isinstance(operand, list):
        return False
    assert isinstance(value, int | float)
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(
        COMPARISONS[str(sign)](value, bound)
        for sign, bound in pairs
        if isinstance(bound, int | float)
    )


def _cidr(value: object, operand: Json) -> bool:
    try:
        return ipaddress.ip_address(str(value)) in ipaddress.ip_network(str(operand), strict=False)
    except ValueError:
        return False


OPERATORS: dict[str, Callable[[object, Json], bool]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _text_test(lambda value, wanted: value.lower() == wanted.lower()),
    "numeric": _numeric,
    "prefix": _text_test(str.startswith),
    "suffix": _text_test(str.endswith),
    "wildcard": _text_test(_wildcard),
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(operand: Json) -> bool:
    return isinstance(operand, str)


def _is_end_of_text(operand: Json) -> bool:
    if isinstance(operand, dict):
        return list(operand) == ["equals-ignore-case"] and all(map(_is_text, operand.values()))
    return _is_text(operand)


def _is_exclusion(operand: Json) -> bool:
    if isinstance(operand, dict):
        known = list(operand)[:1] in (["prefix"], ["suffix"], ["equals-ignore-case"], ["wildcard"])
        inner = list(operand.values())
        listed = inner[0] if inner and isinstance(inner[0], list) else inner
        return known and len(inner) == 1 and bool(listed) and all(map(_is_end_of_text, listed))
    values = operand if isinstance(operand, list) else [operand]
    return bool(values) and all(_is_text(each) or _is_number(each) for each in values)


def _is_range(operand: Json) -> bool:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    signs = operand[::2]
    bounds = [each for each in operand[1::2] if isinstance(each, int | float) and _is_number(each)]
    if len(bounds) < len(signs):
        return False
    if len(signs) == 1:
        return signs[0] in COMPARISONS
    return signs[0] in (">", ">=") and signs[1] in ("<", "<=") and bounds[0] < bounds[1]


def _is_network(operand: Json) -> bool:
    try:
        return bool(ipaddress.ip_network(str(operand), strict=False))
    except ValueError:
        return False


VALID: dict[str, Callable[[Json], bool]] = {
    "anything-but": _is_exclusion,
    "cidr": _is_network,
    "equals-ignore-case": _is_text,
    "numeric": _is_range,
    "prefix": _is_end_of_text,
    "suffix": _is_end_of_text,
    "wildcard": _is_text,
}
