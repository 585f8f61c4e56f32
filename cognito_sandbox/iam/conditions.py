"""A policy's conditions: the operators and keys that can be evaluated here, the rest by name."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

Facts = Mapping[str, str | None]
"""What is known of a request, by condition key in small letters; None: AWS sets no such key."""


class UnsureError(Exception):
    """The sandbox cannot tell whether a statement applies; the message says why."""


STAR, MARK = "\ufdd0", "\ufdd1"  # what `${*}` and `${?}` stand for


@lru_cache(4096)
def pattern(text: str, ignore_case: bool = False) -> re.Pattern[str]:
    """`*` stands for any characters, `?` for one."""
    parts = {"*": ".*", "?": ".", STAR: r"\*", MARK: r"\?"}
    regex = "".join(parts.get(character) or re.escape(character) for character in text)
    return re.compile(regex, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def like(value: str, wanted: str) -> bool:
    return pattern(wanted).fullmatch(value) is not None


def arn_like(value: str, wanted: str) -> bool:
    """Each of the six parts on its own: a `*` does not reach over a colon."""
    parts, patterns = value.split(":", 5), wanted.split(":", 5)
    return len(parts) == len(patterns) and all(map(like, parts, patterns))


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


Test = Callable[[str, str], bool]
OPERATORS: dict[str, Test] = {
    "stringequals": str.__eq__,
    "stringequalsignorecase": lambda value, wanted: value.lower() == wanted.lower(),
    "stringlike": like,
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": lambda value, wanted: value.lower() == wanted.lower(),
    "numericequals": lambda value, wanted: float(value) == float(wanted),
    "numericlessthan": lambda value, wanted: float(value) < float(wanted),
    "numericlessthanequals": lambda value, wanted: float(value) <= float(wanted),
    "numericgreaterthan": lambda value, wanted: float(value) > float(wanted),
    "numericgreaterthanequals": lambda value, wanted: float(value) >= float(wanted),
    "dateequals": lambda value, wanted: _time(value) == _time(wanted),
    "datelessthan": lambda value, wanted: _time(value) < _time(wanted),
    "datelessthanequals": lambda value, wanted: _time(value) <= _time(wanted),
    "dategreaterthan": lambda value, wanted: _time(value) > _time(wanted),
    "dategreaterthanequals": lambda value, wanted: _time(value) >= _time(wanted),
}
NEGATED = {
    name.replace("equals", "notequals").replace("like", "notlike"): OPERATORS[name]
    for name in ("stringequals", "stringlike", "arnequals", "arnlike", "numericequals")
} | {
    "stringnotequalsignorecase": OPERATORS["stringequalsignorecase"],
    "datenotequals": OPERATORS["dateequals"],
}


class Condition(NamedTuple):
    """One key of a Condition block, with the operator that it stands under."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, facts: Facts, expand: Callable[[str], str]) -> bool:
        name = self.operator.lower()
        if_exists = name.endswith("ifexists")
        name = name.removesuffix("ifexists")
        value = self._known(facts)
        if name == "null":
            return (value is None) == (self.values[0].lower() == "true")
        test, negated = OPERATORS.get(name) or NEGATED.get(name), name in NEGATED
        if test is None:
            raise self._doubt()
        if value is None:
            return if_exists or negated
        try:
            return negated != any(test(value, expand(wanted)) for wanted in self.values)
        except ValueError:
            raise self._doubt() from None

    def _known(self, facts: Facts) -> str | None:
        try:
            return facts[self.key.lower()]
        except KeyError:
            raise self._doubt() from None

    def _doubt(self) -> UnsureError:
        text = "the sandbox cannot evaluate the condition"
        return UnsureError(f"{text} {self.operator} of {self.key}")
